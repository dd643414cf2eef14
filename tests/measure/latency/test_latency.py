"""Latency through the front door: traffic whose times are known, and what every question says of it."""

import csv
import gzip
import math
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.measure.latency.world import CHAT, MS, request
from tests.otlp import span, traces
from tests.running import Server, eventually


def send(server: Server, project: str, spans: Iterable[Span]) -> None:
    """Return when all of them are settled, and their requests summed up."""

    def settled(of: str, what: str, which: str) -> int:
        rows = server.query(f"uniq({what})", project=project, of=of, filter=f"{which} = true")
        return int(rows[0][f"uniq({what})"]) if rows else 0

    def known() -> tuple[int, int]:
        return settled("spans", "span_id", "settled"), settled("traces", "trace_id", "trace.settled")

    sent = list(spans)
    spans_before, traces_before = known()
    for first in range(0, len(sent), 2_000):
        body = traces(sent[first : first + 2_000]).SerializeToString()
        assert server.send("traces", body, headers={"x-sightline-project": project}).status_code == 200
    requests = len({one.trace_id for one in sent})
    eventually(known, lambda found: found == (spans_before + len(sent), traces_before + requests))


def ask(server: Server, path: str, project: str, **params: Any) -> Any:
    return server.get(f"/api/v1/latency/{path}", project=project, **params)


def refused(server: Server, path: str, project: str, **params: Any) -> str:
    response = httpx.get(f"{server.url}/api/v1/latency/{path}", params={"project": project, **params})
    assert response.status_code == 422, response.text
    said: str = response.json()["error"]
    return said


def test_percentiles_are_those_of_the_values_and_say_when_they_are_too_few(server: Server, project: str) -> None:
    send(server, project, [span(start_ns=time.time_ns() - 60 * 10**9, ms=10 * i) for i in range(1, 102)])
    answer = ask(server, "percentiles", project, group_by="name")
    total = answer["total"]
    # 101 values, 10 ms apart: rank q * 100 from 0
    assert (total["n"], total["p50"], total["p90"], total["p95"], total["p99"], total["max"]) == (
        101, 510 * MS, 910 * MS, 960 * MS, 1000 * MS, 1010 * MS,
    )  # fmt: skip
    assert total["mean"] == 510 * MS
    assert total["enough"] == {"p50": True, "p90": True, "p95": True, "p99": False}
    assert (answer["method"], answer["relative_error"], answer["unit"]) == ("exact", 0, "ns")
    assert [(group["group"], group["n"], group["filter"]) for group in answer["groups"]] == [(["step"], 101, "name = 'step'")]


def test_calls_are_told_apart_by_region_input_length_and_cache_and_found_again(server: Server, project: str) -> None:
    def call(region: str | None, tokens: int, cached: int | None, ttft_ms: int) -> Span:
        said = CHAT | {"gen_ai.usage.input_tokens": tokens, "gen_ai.response.time_to_first_chunk": ttft_ms / 1e3}
        said |= {"cloud.region": region} if region else {}
        said |= {} if cached is None else {"gen_ai.usage.cache_read.input_tokens": cached}
        return span("chat", said=said, ms=1000)

    send(
        server, project, [call("eu", 400, 0, 100), call("eu", 700, 200, 200), call("us", 700, None, 300), call(None, 2_000_000, None, 400)]
    )
    answer = ask(server, "percentiles", project, of="spans", measure="ttft_ns", group_by="region")
    assert {group["group"][0]: (group["n"], group["max"]) for group in answer["groups"]} == {
        "eu": (2, 200 * MS), "us": (1, 300 * MS), None: (1, 400 * MS),
    }  # fmt: skip
    for by, groups in (("input_band", {"0-500", "500-1000", "1000000 and more"}), ("cache_hit", {"true", "false", None})):
        found = ask(server, "percentiles", project, of="spans", measure="ttft_ns", group_by=by)["groups"]
        assert {group["group"][0] for group in found} == groups
        for group in found:
            assert server.count(project=project, filter=group["filter"]) == group["n"], group


def test_each_time_of_a_call_is_a_measure(server: Server, project: str) -> None:
    said = CHAT | {
        "gen_ai.usage.output_tokens": 101,
        "gen_ai.response.time_to_first_chunk": 0.2,
        "gen_ai.latency.time_in_queue": 0.05,
        "sightline.stall_ns": 70 * MS,
    }
    send(server, project, [span("chat", said=said, ms=1200)])
    expected = {
        "duration_ns": 1200 * MS,
        "ttft_ns": 200 * MS,
        "time_per_output_token_ns": 10 * MS,  # a second for a hundred tokens after the first
        "output_tokens_per_second": 100,
        "queue_ns": 50 * MS,
        "stall_ns": 70 * MS,
        "self_ns": 1200 * MS,
        "critical_ns": 1200 * MS,
    }
    for measure, value in expected.items():
        assert ask(server, "percentiles", project, of="spans", measure=measure)["total"]["max"] == value, measure


def test_the_longest_stall_is_that_between_two_chunks(server: Server, project: str) -> None:
    start = time.time_ns() - 60 * 10**9
    events = [{"time_unix_nano": start + at * MS, "name": "gen_ai.content.completion.chunk"} for at in (100, 120, 420, 500)]
    send(server, project, [span("chat", said=CHAT, start_ns=start, ms=900, events=events), span("chat", said=CHAT, start_ns=start)])
    total = ask(server, "percentiles", project, of="spans", measure="stall_ns")["total"]
    assert (total["n"], total["max"]) == (1, 300 * MS)


def test_what_has_no_such_measure_is_told_what_there_is(server: Server, project: str) -> None:
    response = refused(server, "percentiles", project, of="requests", measure="queue_ns")
    assert response == "requests have no 'queue_ns' to measure: there is duration_ns, ttft_ns."


def test_the_heatmap_holds_every_value_in_its_cell(server: Server, project: str) -> None:
    send(server, project, [span(start_ns=time.time_ns() - ago * 60 * 10**9, ms=ms) for ago, ms in ((50, 7), (50, 7), (30, 90), (5, 3000))])
    answer = ask(server, "heatmap", project, **{"from": "-1h", "interval": "10m"})
    assert sum(cell["n"] for cell in answer["cells"]) == answer["total"]["n"] == 4
    for ms, n in ((7, 2), (90, 1), (3000, 1)):
        assert sum(cell["n"] for cell in answer["cells"] if cell["low"] <= ms * MS < cell["high"]) == n
        assert sum(one["n"] for one in answer["distribution"] if one["low"] <= ms * MS < one["high"]) == n
    assert sum(line["n"] for line in answer["lines"]) == 4
    assert {round(math.log10(cell["high"] / cell["low"]), 6) for cell in answer["cells"]} == {0.1}


def test_the_stage_that_owns_the_p50_need_not_own_the_p99(server: Server, project: str) -> None:
    """Twenty times a search of 100 ms and a call of 50 ms, once the same search and a call of 1 s; 10 ms of the application's own."""
    spans = []
    for i in range(420):
        call = 1000 if i % 21 == 0 else 50
        spans += request(
            ("search", 5, 100, {"openinference.span.kind": "RETRIEVER"}), ("generate", 105, call, CHAT), ms=110 + call, sightline__task="t"
        )
    send(server, project, spans)
    answer = ask(server, "stages", project)
    assert answer["requests"] == 420
    owners = {band["percentile"]: band["owner"] for band in answer["bands"]}
    assert (owners["p50"], owners["p99"]) == ("search", "generate")
    found = {stage["stage"]: stage for stage in answer["stages"]}
    assert found["search"]["mean_near"]["p50"] == found["search"]["mean_near"]["p99"] == 100 * MS
    assert (found["generate"]["mean_near"]["p50"], found["generate"]["mean_near"]["p99"]) == (50 * MS, 1000 * MS)
    assert found[None]["is_app"]
    assert found[None]["mean_near"]["p50"] == 10 * MS
    assert sum(stage["share_near"]["p99"] for stage in answer["stages"]) == pytest.approx(1)
    assert answer["total"]["p99"] == 1110 * MS
    assert found["generate"]["what_if"]["p99"] == 160 * MS
    assert found["search"]["what_if"]["p99"] == 1110 * MS
    for stage in answer["stages"]:
        assert server.count(project=project, of="traces", filter=stage["filter"]) == stage["requests"] == 420, stage


def test_time_lost_is_the_failed_try_and_the_wait_after_it(server: Server, project: str) -> None:
    limited = CHAT | {
        "sightline.stage": "generate",
        "gen_ai.request.model": "a",
        "http.response.status_code": 429,
        "error.type": "RateLimitError",
    }
    ok = CHAT | {"sightline.stage": "generate", "gen_ai.request.model": "a"}
    other = CHAT | {"sightline.stage": "generate", "gen_ai.request.model": "b"}
    send(
        server,
        project,
        [
            *request(("one", 0, 80, limited), ("two", 580, 400, ok), ms=1000),  # lost: 80 + 500
            *request(("one", 0, 60, limited), ("two", 60, 500, other), ms=600),  # lost: 60
            *request(("one", 0, 100, limited), ms=100),  # nothing came of it
            *request(("one", 0, 300, ok), ms=300),
        ],
    )
    answer = ask(server, "lost", project)
    assert (answer["requests"], answer["requests_with"], answer["lost_ns"]) == (4, 2, 640 * MS)
    assert (answer["failed_ns"], answer["backoff_ns"]) == (240 * MS, 500 * MS)
    assert (answer["rate_limited_ns"], answer["fallback_ns"]) == (740 * MS, 60 * MS)
    assert answer["share"] == pytest.approx(640 / 2000)
    assert {row["then"]: (row["calls"], row["lost_ns"], row["backoff_ns"]) for row in answer["groups"]} == {
        "retry": (1, 580 * MS, 500 * MS), "fallback": (1, 60 * MS, 0), "gave up": (1, 100 * MS, 0),
    }  # fmt: skip
    # 100, 300, 600, 1000 ms as they are; 100, 300, 540, 420 without
    assert (answer["now"]["p50"], answer["without"]["p50"]) == (450 * MS, 360 * MS)
    for row in answer["groups"]:
        assert server.count(project=project, filter=row["filter"]) == 3, row


def test_slow_because_long_is_told_from_slow_at_equal_length(server: Server, project: str) -> None:
    """100 ms, 0.05 ms an input token, 10 ms an output token; an hour later `longer` has twice the output, `slower` 300 ms more."""
    draws = np.random.default_rng(1)

    def call(model: str, ago_s: float, longer: int = 1, more_ms: int = 0) -> Span:
        into, out = int(draws.integers(200, 4_000)), int(draws.integers(20, 200)) * longer
        said = CHAT | {"gen_ai.request.model": model, "gen_ai.usage.input_tokens": into, "gen_ai.usage.output_tokens": out}
        ms = 100 + 0.05 * into + 10 * out + more_ms + draws.normal(0, 5) + (20_000 if draws.random() < 0.02 and ago_s > 3600 else 0)
        return span("chat", said=said, start_ns=time.time_ns() - int(ago_s * 1e9), ms=round(ms))

    send(
        server,
        project,
        [
            *(call(model, 3_700 + i) for model in ("longer", "slower") for i in range(200)),
            *(call("longer", 600 + i, longer=2) for i in range(200)),
            *(call("slower", 600 + i, more_ms=300) for i in range(200)),
            *(call("rare", 600) for _ in range(3)),
        ],
    )
    answer = ask(server, "tokens", project, **{"from": "-1h"})
    found = {model["model"]: model for model in answer["models"]}
    assert answer["too_few"] == [{"provider": None, "model": "rare", "n": 3}]
    for model in found.values():
        assert model["fitted_on"] == "previous"
        assert model["ns_per_output_token"] == pytest.approx(10 * MS, rel=0.03)
        assert model["ns_per_input_token"] == pytest.approx(0.05 * MS, rel=0.15)
    # the line is robust, the mean before is not: what the outliers added is gone at equal length
    outliers = found["longer"]["before"]["mean_ns"] - found["longer"]["before"]["predicted_ns"]
    assert found["longer"]["by_length_ns"] == pytest.approx(10 * MS * 110, rel=0.1)
    assert found["longer"]["residual_ns"] == pytest.approx(-outliers, abs=20 * MS)
    now = found["slower"]["now"]
    assert now["mean_ns"] - now["predicted_ns"] == pytest.approx(300 * MS, abs=20 * MS)
    assert abs(found["slower"]["by_length_ns"]) < 120 * MS
    assert "at equal length" in found["slower"]["sentence"]


def test_two_releases_side_by_side_with_intervals_on_their_differences(server: Server, project: str) -> None:
    draws = np.random.default_rng(2)
    spans = []
    for release, more in (("v1", 0), ("v2", 200)):
        for _ in range(600):
            ms = round(float(draws.lognormal(6, 0.4))) + more
            same = round(float(draws.lognormal(4, 0.4)))
            spans += request(("generate", 0, ms, CHAT), ("search", ms, same, {}), ms=ms + same, sightline__release=release)
    send(server, project, spans)
    answer = ask(server, "compare", project, of="spans", group_by="name", a_filter="release = 'v1'", b_filter="release = 'v2'")
    groups = {group["group"][0]: {one["of"]: one for one in group["differences"]} for group in answer["groups"]}
    for of in ("mean", "p50", "p90"):
        one = groups["generate"][of]
        assert one["clear"]
        assert one["low"] < 200 * MS < one["high"]
        assert one["low"] < one["difference"] < one["high"]
        assert not groups["search"][of]["clear"]
    assert groups["search"]["p99"]["enough"]
    durations = {
        release: sorted(s.end_time_unix_nano - s.start_time_unix_nano for s in spans[i * 1800 : (i + 1) * 1800] if s.name == "generate")
        for i, release in enumerate(("v1", "v2"))
    }
    assert groups["generate"]["p50"]["a"] == pytest.approx(float(np.quantile(durations["v1"], 0.5)))
    assert groups["generate"]["p95"]["b"] == pytest.approx(float(np.quantile(durations["v2"], 0.95)))


def test_without_sides_the_window_stands_against_the_one_before(server: Server, project: str) -> None:
    ago = [(5_000, 100)] * 12 + [(600, 300)] * 12
    send(server, project, [span(start_ns=time.time_ns() - s * 10**9, ms=ms) for s, ms in ago])
    answer = ask(server, "compare", project, **{"from": "-1h"})
    assert (answer["a"]["n"], answer["b"]["n"]) == (12, 12)
    median = next(one for one in answer["differences"] if one["of"] == "p50")
    assert (median["difference"], median["enough"], median["clear"]) == (200 * MS, True, True)


def test_a_published_benchmark_comes_out_as_published(server: Server, shared: Path) -> None:
    """LLMPerf's own requests, sent as spans: P50, P95 and P99 of TTFT and of inter-token latency of every run, within 1 %."""
    data = shared / "data" / "llmperf_leaderboard"
    with gzip.open(data / "requests.csv.gz", "rt") as file:
        rows = [row for row in csv.DictReader(file) if not row["error_code"]]
    with gzip.open(data / "published_quantiles.csv.gz", "rt") as file:
        published = {(row["run"], row["metric"], row["statistic"]): float(row["value"]) for row in csv.DictReader(file)}
    start = time.time_ns() - 600 * 10**9

    def call(row: Mapping[str, str]) -> Span:
        said = CHAT | {
            "gen_ai.provider.name": row["provider"],
            "sightline.stage": row["run"],
            "gen_ai.request.stream": True,
            "gen_ai.response.time_to_first_chunk": float(row["ttft_s"]),
            "gen_ai.server.time_per_output_token": float(row["inter_token_latency_s"]),
            "gen_ai.usage.input_tokens": int(float(row["input_tokens"])),
            "gen_ai.usage.output_tokens": int(float(row["output_tokens"])),
        }
        one = span("chat", said=said, start_ns=start)
        one.end_time_unix_nano = start + round(float(row["end_to_end_latency_s"]) * 1e9)
        return one

    send(server, "llmperf", [call(row) for row in rows])
    worst = 0.0
    compared = 0
    for measure, metric in (
        ("ttft_ns", "ttft_s"),
        ("time_per_output_token_ns", "inter_token_latency_s"),
        ("duration_ns", "end_to_end_latency_s"),
    ):
        answer = ask(server, "percentiles", "llmperf", of="spans", measure=measure, group_by="stage")
        assert answer["method"] == "exact"
        for group in answer["groups"]:
            for statistic in ("p50", "p95", "p99"):
                expected = published.get((group["group"][0], metric, statistic))
                if expected is not None:
                    compared += 1
                    worst = max(worst, abs(group[statistic] / 1e9 / expected - 1))
    print(f"\n{compared} published quantiles, the farthest off by {worst:.3%}")
    assert compared >= 27
    assert worst < 0.01


def test_sampled_requests_stand_for_those_that_were_not_sent(server: Server, project: str) -> None:
    """One request of 100 ms that was kept with a chance of a quarter, and one of 300 ms that was kept for certain."""
    kept = request(("generate", 0, 90, CHAT), ms=100)
    for one in kept:
        one.trace_state = "ot=th:c"  # the threshold that drops three quarters
    send(server, project, [*kept, *request(("generate", 0, 280, CHAT), ms=300)])
    total = ask(server, "percentiles", project)["total"]
    assert (total["n"], total["mean"], total["p50"]) == (2, (4 * 100 + 300) / 5 * MS, 100 * MS)
    stages = {stage["stage"]: stage for stage in ask(server, "stages", project)["stages"]}
    assert stages["generate"]["requests"] == 5
    assert stages["generate"]["what_if"]["p50"] is not None
    assert sum(cell["n"] for cell in ask(server, "heatmap", project)["cells"]) == 5
    assert ask(server, "lost", project)["requests"] == 5
    compared = ask(server, "compare", project, a_filter="duration_ms < 150", b_filter="duration_ms > 150")
    assert (compared["a"]["mean"], compared["b"]["mean"]) == (100 * MS, 300 * MS)
    ask(server, "tokens", project)


@pytest.mark.parametrize("hostile", ["'; DROP TABLE spans; --", "\\", "{p0:String}", "<img src=x onerror=alert(1)>", "$values", "%s\n"])
def test_names_that_senders_choose_are_values(server: Server, project: str, hostile: str) -> None:
    said = CHAT | {
        "sightline.stage": hostile,
        "gen_ai.request.model": hostile,
        "gen_ai.usage.input_tokens": 1,
        "gen_ai.usage.output_tokens": 2,
    }
    send(server, project, [s for _ in range(60) for s in request(("call", 0, 50, said), ms=60, sightline__task=hostile)])
    for path, key in (("stages", "stage"), ("lost", "stage")):
        rows = ask(server, path, project).get("stages", [])
        assert hostile in [row[key] for row in rows] or path == "lost"
        assert all(server.count(project=project, of="traces", filter=row["filter"]) == 60 for row in rows)
    found = ask(server, "percentiles", project, of="spans", group_by="stage")["groups"]
    assert hostile in [group["group"][0] for group in found]
    assert [model["model"] for model in ask(server, "tokens", project)["models"]] == [hostile]
    compared = ask(server, "compare", project, of="spans", group_by="stage")
    assert hostile in [group["group"][0] for group in compared["groups"]]
