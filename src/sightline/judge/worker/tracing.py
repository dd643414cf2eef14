"""Judges' own calls as traces, sent by OTLP into a project of their own: <project>-judges."""

import json
import secrets

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

from sightline.judge.backlog import Target, Version
from sightline.judge.worker.judging import Judged


class Tracing:
    """`url` None: nothing is sent, and ids are made all the same."""

    def __init__(self, url: str | None, version: str) -> None:
        self._url = url
        self._version = version
        self._providers: dict[str, TracerProvider] = {}

    def tell(self, of: Version, target: Target, judged: Judged) -> str:
        """Send what a verdict took; returns its trace id, 32 hex digits."""
        if self._url is None or not judged.calls:
            return "" if not judged.calls else secrets.token_hex(16)
        tracer = self._provider(of.project).get_tracer("sightline.judge", self._version)
        about = {
            "openinference.span.kind": "EVALUATOR",
            "sightline.task": f"judge {of.name}",
            "sightline.prompt_name": of.name,
            "sightline.prompt_version": str(of.version),
            "sightline.judge.id": of.judge_id,
            "sightline.judged.trace_id": target.trace_id,
            "sightline.judged.span_id": target.span_id,
            "sightline.judged.session_id": target.session_id,
        }
        root = tracer.start_span(f"judge {of.name}", start_time=judged.calls[0].start_ns, attributes={k: v for k, v in about.items() if v})
        for call in judged.calls:
            said: dict[str, str | int] = {
                "gen_ai.operation.name": "chat",
                "gen_ai.request.model": call.model.model,
                "gen_ai.input.messages": _messages(("system", call.prompt.system), ("user", call.prompt.user)),
                "sightline.stage": "judge",
            }
            if call.answer is not None:
                said["gen_ai.response.model"] = call.answer.model or call.model.model
                said["gen_ai.output.messages"] = _messages(("assistant", call.answer.text))
                if call.answer.input_tokens is not None and call.answer.output_tokens is not None:
                    said["gen_ai.usage.input_tokens"] = call.answer.input_tokens
                    said["gen_ai.usage.output_tokens"] = call.answer.output_tokens
            span = tracer.start_span(
                f"chat {call.model.model}", set_span_in_context(root), SpanKind.CLIENT, start_time=call.start_ns, attributes=said
            )
            if call.error:
                span.set_status(Status(StatusCode.ERROR, call.error))
            span.end(call.end_ns)
        if judged.verdict is not None:
            shown = {"value": judged.verdict.value, "label": judged.verdict.label, "explanation": judged.verdict.explanation}
            root.set_attribute("output.value", json.dumps(shown, ensure_ascii=False))
        elif judged.error:
            root.set_status(Status(StatusCode.ERROR, judged.error))
        root.end(judged.calls[-1].end_ns)
        return f"{root.get_span_context().trace_id:032x}"

    def close(self) -> None:
        """Send what waits."""
        for provider in self._providers.values():
            provider.shutdown()

    def _provider(self, project: str) -> TracerProvider:
        if project not in self._providers:
            resource = Resource.create({"service.name": "sightline-worker", "sightline.project": f"{project}-judges"})
            provider = TracerProvider(resource=resource, shutdown_on_exit=False)
            provider.add_span_processor(
                BatchSpanProcessor(OTLPSpanExporter(f"{self._url}/v1/traces"), max_queue_size=8_192, schedule_delay_millis=1_000)
            )
            self._providers[project] = provider
        return self._providers[project]


def _messages(*said: tuple[str, str]) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]} for role, text in said], ensure_ascii=False)
