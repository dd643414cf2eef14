"""One process has one `init()`: tests share it, and a sink that starts empty for each."""

from collections.abc import Iterator

import pytest

import sightline
from tests.sdk.sink import Sink, collecting


@pytest.fixture(scope="session")
def _collector() -> Iterator[Sink]:
    with collecting() as sink:
        sightline.init(url=sink.url, project="sdk-tests", service="tests", every_s=0.05, instrument=False, sigterm=False)
        yield sink


@pytest.fixture
def sink(_collector: Sink) -> Iterator[Sink]:
    """The collector that this process sends to, empty."""
    sightline.init(url=_collector.url, content=True)
    assert sightline.flush(10)
    with _collector.changed:
        _collector.spans.clear()
        _collector.events.clear()
        _collector.metrics.clear()
        _collector.headers.clear()
    yield _collector
    _collector.answer, _collector.delay_s = (lambda path: 200), 0.0
