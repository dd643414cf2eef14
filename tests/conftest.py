"""Fixtures that every room may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.running import Server, running

# A busy machine is slow, not wrong.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The public data beside the project; tests that need it are skipped where it is not."""
    here = Path(__file__).resolve().parents[1].parent / "shared"
    if not here.is_dir():
        pytest.skip("the shared data sets are not beside the project")
    return here


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for a module's tests; each test takes a project of its own. Settles at once."""
    with running(tmp_path_factory.mktemp("server") / "data", settle_quiet_s=0.3, settle_every_s=0.2, log_level="debug") as started:
        yield started


@pytest.fixture
def project(request: pytest.FixtureRequest) -> str:
    """A project that no other test uses."""
    return f"test-{abs(hash(request.node.nodeid)) % 10**12}"


@pytest.fixture
def anyio_backend() -> str:
    """asyncio, as in production."""
    return "asyncio"
