"""The segment log: what `append` returned for is there after any end; what it raised for is not."""

import asyncio
import resource
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.errors import StoreClosedError, StoreFullError
from sightline.receive.envelope import Envelope, digest, records
from sightline.receive.outcome import SIGNALS
from sightline.receive.segments import BacklogFullError, SegmentLog

pytestmark = pytest.mark.anyio


def envelope(n: int, body: bytes = b"\x0a\x00") -> bytes:
    return Envelope("traces", "p", "k", n, digest(str(n).encode()), body, digest(body), 1).encode()


def log(path: Path, *, backlog: int = 1 << 20, size: int = 1 << 20) -> SegmentLog:
    return SegmentLog(path, backlog_bytes=backlog, segment_bytes=size, linger_s=0.0)


async def test_what_was_appended_is_recovered_in_order(tmp_path: Path) -> None:
    first = log(tmp_path)
    await asyncio.gather(*(first.append(envelope(n)) for n in range(1, 101)))
    await first.close()
    again = log(tmp_path)
    found = [record.received_ns for segment in again.recovered for record in records(segment.path.read_bytes())]
    await again.close()
    assert found == list(range(1, 101))


@pytest.mark.parametrize("cut", [1, 7, 30])
async def test_a_torn_tail_is_cut_off_and_the_rest_kept(tmp_path: Path, cut: int) -> None:
    first = log(tmp_path)
    for n in (1, 2, 3):
        await first.append(envelope(n))
    await first.close()
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-cut])
    again = log(tmp_path)
    (segment,) = again.recovered
    assert [record.received_ns for record in records(segment.path.read_bytes())] == [1, 2]
    await again.close()


async def test_a_body_that_is_not_what_was_written_is_not_loaded(tmp_path: Path) -> None:
    first = log(tmp_path)
    await first.append(envelope(1))
    await first.append(envelope(2, b"\x0a\x03abc"))
    await first.close()
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes().replace(b"abc", b"\0\0\0"))
    again = log(tmp_path)
    (segment,) = again.recovered
    assert [record.received_ns for record in records(segment.path.read_bytes())] == [1]
    await again.close()


async def test_the_backlog_is_bounded_to_the_byte(tmp_path: Path) -> None:
    size = len(envelope(1))
    bounded = log(tmp_path, backlog=3 * size)
    for n in (1, 2, 3):
        await bounded.append(envelope(n))
    with pytest.raises(BacklogFullError):
        await bounded.append(envelope(4))
    segment = await bounded.sealed()
    assert segment is not None
    bounded.loaded(segment)
    await bounded.append(envelope(5))
    await bounded.close()


async def test_a_closed_log_takes_nothing(tmp_path: Path) -> None:
    closed = log(tmp_path)
    await closed.close()
    with pytest.raises(StoreClosedError):
        await closed.append(envelope(1))


async def test_a_write_that_fails_leaves_nothing_behind_and_the_next_one_works(tmp_path: Path) -> None:
    """RLIMIT_FSIZE makes the kernel refuse to grow a file, as a full disk does."""
    full = log(tmp_path)
    await full.append(envelope(1))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(StoreFullError):
            await full.append(envelope(2, b"\x0a\x80\x40" + bytes(8192)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await full.append(envelope(3))
    await full.close()
    again = log(tmp_path)
    found = [record.received_ns for segment in again.recovered for record in records(segment.path.read_bytes())]
    await again.close()
    assert found == [1, 3]


@given(
    signal=st.sampled_from(SIGNALS),
    project=st.text(min_size=1, max_size=20),
    body=st.binary(max_size=200),
    refused=st.dictionaries(st.text(max_size=10), st.integers(1, 1000), max_size=3),
    items=st.integers(0, 10**6),
)
@settings(max_examples=200, deadline=None)
def test_an_envelope_is_read_back_as_written(signal: str, project: str, body: bytes, refused: dict[str, int], items: int) -> None:
    written = Envelope(signal, project, "", 7, digest(b"x"), body, digest(body), items, refused, 3).encode()  # type: ignore[arg-type]
    (record,) = records(written + b"\x0a\x7f", verify=True)  # a torn one behind it
    assert (record.signal, record.received_ns, record.digest, record.items) == (signal, 7, digest(b"x"), items)
    assert record.end == len(written)
