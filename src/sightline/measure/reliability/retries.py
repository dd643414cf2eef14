"""What it took to get an answer: tries, fallbacks, time-outs, streams that broke off, and what is left of the rate limits."""

import asyncio

from sightline.measure.asking import Asked, Json, number, ratio, shown
from sightline.measure.reliability.asking import spans_of, statement, tally
from sightline.query import Reader, Row, rfc3339


async def retries(reader: Reader, asked: Asked, *, limit: int) -> dict[str, Json]:
    """The answer of GET /reliability/retries. Raises what a filter that can't be raises."""
    spans = spans_of(asked)
    tries = {"tries": statement("tries", spans=spans.sql)}
    (total,), chains, (broken,), headroom = await asyncio.gather(
        spans.ask(reader, "retries", parts=tries),
        spans.ask(reader, "chains", parts=tries, rows=limit),
        spans.ask(reader, "broken_off"),
        spans.ask(reader, "headroom", rows=limit),
    )
    calls, squared = total["calls"] + broken["single_calls"], total["squared"] + broken["single_squared"]
    succeeded = total["succeeded"] + broken["single_succeeded"]
    return {
        "window": shown(asked.scene.window),
        "calls": number(calls),
        "attempts": number(broken["calls"]),
        "succeeded": tally(succeeded, calls, squared),
        "attempts_per_success": ratio(broken["calls"], succeeded),
        "retried": tally(total["retried"], calls, squared),
        "saved_by_retries": number(total["saved"]),
        "fell_back": tally(total["fell_back"], calls, squared),
        "fell_back_well": number(total["fell_back_well"]),
        "waited": {"p50_ns": total["waited_p50_ns"], "p95_ns": total["waited_p95_ns"], "n": total["waited_n"]},
        "chains": [_chain(row) for row in chains],
        "timeouts": tally(broken["timeouts"], broken["calls"], broken["squared"]) | {"filter": "kind = llm and error_type = timeout"},
        "cancelled_streams": tally(broken["cancelled_streams"], broken["streams"], broken["streams_squared"])
        | {"filter": "kind = llm and streamed = true and error_type = cancelled"},
        "broken_streams": tally(broken["broken_streams"], broken["streams"], broken["streams_squared"])
        | {"filter": "kind = llm and streamed = true and status = error and error_type != cancelled"},
        "headroom": [_headroom(row) for row in headroom],
    }


def _chain(row: Row) -> dict[str, Json]:
    return {
        "models": [model or None for model in row["models"]],
        "calls": number(row["calls"]),
        "attempts": number(row["attempts"]),
        "succeeded": tally(row["succeeded"], row["calls"], row["squared"]),
        "first_error": row["first_error"] or None,
        "waited_p50_ns": row["waited_p50_ns"],
        "trace_ids": row["trace_ids"],
    }


def _headroom(row: Row) -> dict[str, Json]:
    return {
        "provider": row["provider"],
        "model": row["model"],
        "what": row["what"].replace(".", "_"),
        "remaining": number(row["last_remaining"]),
        "limit": number(row["last_limit"]),
        "left": ratio(row["last_remaining"], row["last_limit"]),
        "least_remaining": number(row["least_remaining"]),
        "least_at": rfc3339(row["least_ns"]),
        "last": rfc3339(row["last_ns"]),
        "calls": row["calls"],
    }
