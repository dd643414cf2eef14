"""While the engine is behind, senders are held to its pace: as far as the settings say, and no longer."""

from pathlib import Path

from tests.otlp import span, traces
from tests.running import running


def test_an_answer_waits_until_what_it_answers_for_is_seen(tmp_path: Path) -> None:
    with running(tmp_path / "data", pressure_bytes=0, pressure_s=5.0) as server:
        for number in range(1, 4):
            assert server.send("traces", traces([span()]).SerializeToString()).status_code == 200
            assert server.count() == number


def test_an_answer_waits_no_longer_than_it_may(tmp_path: Path) -> None:
    with running(tmp_path / "data", pressure_bytes=0, pressure_s=0.05, segment_linger_s=10.0) as server:
        assert server.send("traces", traces([span()]).SerializeToString()).status_code == 200
        assert server.count() == 0, "the engine was to be given it ten seconds later"


def test_below_the_limit_nobody_waits(tmp_path: Path) -> None:
    with running(tmp_path / "data", pressure_bytes=1_000_000, pressure_s=5.0, segment_linger_s=10.0) as server:
        assert server.send("traces", traces([span()]).SerializeToString()).elapsed.total_seconds() < 5
        assert server.count() == 0
