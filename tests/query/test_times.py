"""How times are read."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.errors import BadTimeError
from sightline.query import Window, as_datetime, parse_time, parse_window, rfc3339
from sightline.query.times import EARLIEST_NS, LATEST_NS, SECOND_NS, parse_width

NOW = 1_793_491_200 * SECOND_NS  # 2026-11-01T00:00:00Z


@pytest.mark.parametrize(
    ("written", "ns"),
    [
        ("2026-11-01T00:00:00Z", NOW),
        ("2026-11-01T00:00:00.000000001Z", NOW + 1),
        ("2026-11-01T00:00:00.5+00:00", NOW + SECOND_NS // 2),
        ("2026-11-01T02:00:00+02:00", NOW),
        ("2026-10-31T19:00:00-0500", NOW),
        # What a plus becomes in a URL that did not escape it.
        ("2026-11-01T02:00:00 02:00", NOW),
        ("2026-11-01 00:00", NOW),
        ("2026-11-01", NOW),
        ("1793491200", NOW),
        (1_793_491_200, NOW),
        (1_793_491_200.5, NOW + SECOND_NS // 2),
        ("1793491200000", NOW),
        ("1793491200000000", NOW),
        ("1793491200000000001", NOW + 1),
        ("now", NOW),
        ("-1h", NOW - 3_600 * SECOND_NS),
        ("now-15m", NOW - 900 * SECOND_NS),
        ("now + 2d", NOW + 2 * 86_400 * SECOND_NS),
        ("0001-01-01T00:00:00Z", EARLIEST_NS),
        ("9999-12-31T23:59:59Z", LATEST_NS),
        ("-5", EARLIEST_NS),
        (10**20, LATEST_NS),
        ("1e99", LATEST_NS),
    ],
)
def test_a_time_is_read(written: str | int | float, ns: int) -> None:
    assert parse_time(written, now_ns=NOW) == ns


@pytest.mark.parametrize("written", ["", " ", "yesterday", "2026-13-01", "2026-02-30T00:00:00Z", "12:00", "-1y", "nan", "inf", "٣"])
def test_what_is_no_time_is_told_what_would_be(written: str) -> None:
    with pytest.raises(BadTimeError, match="RFC 3339"):
        parse_time(written, now_ns=NOW)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_an_error_of_ours(text: str) -> None:
    with contextlib.suppress(BadTimeError):
        assert EARLIEST_NS <= parse_time(text, now_ns=NOW) <= LATEST_NS


@given(st.integers(min_value=EARLIEST_NS, max_value=LATEST_NS))
def test_what_is_written_is_read_back(ns: int) -> None:
    assert parse_time(rfc3339(ns), now_ns=NOW) == ns
    assert as_datetime(ns) == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ns // 1_000)


def test_a_window_is_open_where_nothing_is_said() -> None:
    assert parse_window(None, None, now_ns=NOW) == Window(EARLIEST_NS, LATEST_NS)
    assert parse_window("-1h", "now", now_ns=NOW) == Window(NOW - 3_600 * SECOND_NS, NOW)


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadTimeError, match="swap them"):
        parse_window("now", "-1h", now_ns=NOW)


@pytest.mark.parametrize(
    ("text", "ns"), [("500ms", SECOND_NS // 2), ("10s", 10 * SECOND_NS), ("5m", 300 * SECOND_NS), ("1d", 86_400 * SECOND_NS)]
)
def test_a_width_is_read(text: str, ns: int) -> None:
    assert parse_width(text) == ns


@pytest.mark.parametrize("text", ["", "0s", "-5m", "5", "1w", "m", "99999d"])
def test_what_is_no_width_is_told_what_would_be(text: str) -> None:
    with pytest.raises(BadTimeError, match="10s, 5m, 1h or 1d"):
        parse_width(text)
