"""Every convention, right to the token: what real libraries sent, against what the provider served.

The payload decides: a fact that it carries nowhere is NULL, one that it carries is extracted and equals the provider's truth.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.facts.known import NOT_CARRIED, OTHERWISE
from tests.running import Server, eventually, running

Call = dict[str, Any]
ROOTS = (Path(__file__).resolve().parents[2].parent / "shared" / "captures", Path(__file__).resolve().parents[1] / "captures")
CALLS = {"llm", "embedding", "rerank"}
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens")
SAME_WORD = {"end_turn": "stop", "tool_use": "tool_calls", "STOP": "stop", "MAX_TOKENS": "length"}
PROVIDERS = {"openai": "openai", "anthropic": "anthropic", "gemini": "gcp.gemini", "cohere": "cohere"}


@dataclass(frozen=True, slots=True)
class Case:
    """One recorded run of a program."""

    family: str
    name: str
    folder: Path
    spans: int
    served: list[Call]

    @property
    def project(self) -> str:
        """Where it was sent."""
        return f"{self.family}.{self.name}"

    @property
    def bodies(self) -> Iterator[tuple[str, bytes, str]]:
        """(signal, body, content type), in the order they were sent."""
        for path in sorted(self.folder.glob("*")):
            signal = "traces" if "-traces" in path.name else "logs"
            yield signal, path.read_bytes(), "application/json" if path.suffix == ".json" else "application/x-protobuf"

    @property
    def text(self) -> str:
        """Everything that was sent, as text to search."""
        return "\n".join(body.decode("utf-8", "replace") for _, body, _ in self.bodies)


def cases() -> list[Any]:
    return [
        pytest.param(
            Case(root_family.name, name, root_family / name, said["spans"], said["provider_calls"]), id=f"{root_family.name}-{name}"
        )
        for root in ROOTS
        if root.is_dir()
        for root_family in sorted(root.iterdir())
        if (root_family / "manifest.json").is_file()
        for name, said in json.loads((root_family / "manifest.json").read_text())["cases"].items()
    ]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has settled every case, each in a project of its own."""
    with running(tmp_path_factory.mktemp("told") / "data", settle_quiet_s=0.3, settle_patience_s=1.0, settle_every_s=0.2) as server:
        send(server)
        yield server


def send(server: Server) -> None:
    everything = [param.values[0] for param in cases()]
    for case in everything:
        for signal, body, kind in case.bodies:
            answer = server.send(signal, body, headers={"x-sightline-project": case.project, "content-type": kind})
            assert answer.status_code == 200, answer.text
    wanted = sum(case.spans for case in everything)
    eventually(lambda: settled(server, everything), lambda n: n == wanted, within_s=60)


def settled(server: Server, of: list[Case]) -> int:
    return sum(server.count(project=case.project, filter="settled = true") for case in of)


def shown(server: Server, case: Case) -> list[dict[str, Any]]:
    """The case's spans with their content."""
    rows = server.get("/api/v1/traces", project=case.project, limit=500)["traces"]
    ids = dict.fromkeys(row["trace_id"] for row in rows)
    return [span for trace_id in ids for span in server.get(f"/api/v1/traces/{trace_id}", project=case.project)["spans"]]


def truth_of(served: Call) -> dict[str, Any]:
    """The provider's own account of a call, in our words."""
    api = served["api"].partition(".")[0]
    found: dict[str, Any] = {
        "provider": PROVIDERS[api],
        "request_model": served["request_model"],
        "response_model": served.get("response_model"),
        "status": "error" if served["is_error"] else None,
        "error_type": {429: "rate_limited", 529: "overloaded", 500: "server_error", 503: "overloaded"}.get(served["http_status"])
        if served["is_error"]
        else None,
        "http_status": served["http_status"],
        **{fact: served.get(fact) for fact in TOKENS},
    }
    if "stream" in served:
        found["streamed"] = served["stream"]
    if served.get("finish_reason"):
        found["finish_reason"] = SAME_WORD.get(served["finish_reason"], served["finish_reason"])
    if served.get("usage_sent") is False:
        found |= dict.fromkeys(TOKENS)
    if served.get("ttft_ms") is not None:
        found["ttft_ns"] = served["ttft_ms"] * 1e6
    return found


def kind_of(served: Call) -> str:
    return next((kind for word, kind in (("embed", "embedding"), ("rerank", "rerank")) if word in served["api"]), "llm")


def in_order(spans: list[dict[str, Any]], served: list[Call]) -> list[tuple[Call, dict[str, Any]]]:
    """Each provider call beside the span that tells of it. A client's retries of one call are one span: the last answer is the truth."""
    calls = sorted((span for span in spans if span["kind"] in CALLS and span["usage_counted"]), key=lambda span: int(span["start_ns"]))
    pairs = []
    for kind in ("embedding", "rerank", "llm"):
        of_kind = [span for span in calls if span["kind"] == kind]
        wanted = [call for call in served if kind_of(call) == kind]
        while (
            len(wanted) > len(of_kind) > 0
            and (
                again := next(
                    (i for i, call in enumerate(wanted[:-1]) if call["is_error"] and wanted[i + 1]["input"] == call["input"]), None
                )
            )
            is not None
        ):
            del wanted[again]
        pairs += list(zip(wanted, of_kind, strict=False))
        if len(wanted) != len(of_kind):
            pairs.append(({"unmatched": kind}, {"wanted": len(wanted), "found": len(of_kind)}))
    return pairs


def text_of(messages: list[dict[str, Any]]) -> str:
    return "\n".join(part.get("text") or json.dumps(part.get("arguments")) or "" for message in messages for part in message["parts"])


def faults(case: Case, spans: list[dict[str, Any]]) -> dict[str, str]:
    """fact → what is wrong with it; empty when everything that the payload carries is right."""
    wrong: dict[str, str] = {}
    sent = case.text
    for number, (served, span) in enumerate(in_order(spans, case.served)):
        if "unmatched" in served:
            wrong[f"calls.{served['unmatched']}"] = f"{span['wanted']} were served, {span['found']} are counted"
            continue
        for fact, truth in truth_of(served).items():
            got = span[fact]
            where = f"{number}.{fact}"
            if fact == "ttft_ns":
                if got is not None and abs(got - truth) > 20e6:
                    wrong[where] = f"{got / 1e6:.1f} ms, served {truth / 1e6:.1f}"
            elif fact == "status":
                if (got == "error") != (truth == "error"):
                    wrong[where] = str(got)
            elif got is None:
                if truth is not None and carried(sent, fact, truth) and not (fact == "request_model" and span["response_model"] == truth):
                    wrong[where] = f"not extracted: {truth}"
            elif got != truth and not (got == 0 and truth is None):  # a provider that does not speak of it has none
                wrong[where] = f"{got}, served {truth}"
        content = span["content"]
        if (
            served.get("input")
            and served["input"] in sent
            and span["kind"] == "llm"
            and served["input"] not in text_of(content["input_messages"])
        ):
            wrong[f"{number}.input"] = f"{content['input_messages']}"[:200]
        if served.get("output") and served["output"] in sent and served["output"] not in text_of(content["output_messages"]):
            wrong[f"{number}.output"] = f"{content['output_messages']}"[:200]
        if served.get("tool"):
            called = [part for message in content["output_messages"] for part in message["parts"] if part["type"] == "tool_call"]
            if [part["tool_name"] for part in called] != [served["tool"]] or not isinstance(called[0]["arguments"], dict):
                wrong[f"{number}.tool_calls"] = f"{called}"[:200]
    for span in spans:
        if span["kind"] == "tool" and not (
            span["tool_name"] and span["content"]["tool_call"] and span["content"]["tool_call"]["arguments"] is not None
        ):
            wrong[f"tool.{span['name']}"] = f"{span['tool_name']}, {span['content']['tool_call']}"
        if span["kind"] in {"retrieval", "rerank"} and not span["content"]["documents"] and span["document_count"] != 0:
            wrong[f"documents.{span['name']}"] = "none"
        if span["kind"] in {"retrieval", "rerank"} and span["document_count"] != len(span["content"]["documents"]):
            wrong[f"document_count.{span['name']}"] = f"{span['document_count']}, shown {len(span['content']['documents'])}"
    return wrong


def carried(sent: str, fact: str, truth: Any) -> bool:
    """Whether the payload says it anywhere in its text; of flags and status codes nobody could tell."""
    if fact in {"streamed", "http_status", "error_type", "provider"}:
        return False
    if fact == "finish_reason":
        return re.search(rf"(?i)(finish|stop)_?reasons?\W{{1,12}}(\w*\.)?{truth}\b", sent) is not None
    words = {
        "reasoning_tokens": "reasoning|thoughts",
        "cache_read_tokens": "cache",
        "cache_write_tokens": "cache",
        "output_tokens": "output|completion",
    }
    return all(re.search(part, sent) for part in (rf"(?<![\w.-]){re.escape(str(truth))}(?![\w.-])", words.get(fact, "")))


def is_absent(where: str, case: Case, spans: list[dict[str, Any]]) -> bool:
    """Whether the span that a fault is about really says nothing of it, and for a call that no span tells of it."""
    number, _, fact = where.partition(".")
    if number == "calls":
        told = [span for span in spans if span["kind"] not in CALLS]
        return not any(span["request_model"] or span["input_tokens"] for span in told)
    if number == "tool":
        (span,) = [span for span in spans if span["name"] == fact]
        return not any(re.search("arg|input|param|result|output|response", key) for key in span["attributes"])
    served, span = in_order(spans, case.served)[int(number)]
    own = json.dumps([span["attributes"], span["events"]])
    if fact == "input":
        return served["input"] not in own
    if fact == "tool_calls":
        return not re.search("tool_call|arguments", own)
    return not carried(own, fact, truth_of(served)[fact])


@pytest.mark.parametrize("case", cases())
def test_a_capture_is_right_to_the_token(told: Server, case: Case) -> None:
    spans = shown(told, case)
    absent = NOT_CARRIED.get(case.project, {})
    known = absent.keys() | OTHERWISE.get(case.project, {}).keys()
    found = faults(case, spans)
    assert {where: what for where, what in found.items() if where not in known} == {}
    assert not known - found.keys(), "now right: take it out of known.py"
    assert [where for where in absent if not is_absent(where, case, spans)] == [], "the payload carries it"
