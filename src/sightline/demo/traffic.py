"""Users who ask: who, what and how often, and the telemetry pipeline that reports it."""

import asyncio
import random
import socket
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import openai
import uvicorn
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from starlette.applications import Starlette

from sightline.demo.assistant import REGION, Assistant, Conversation, Customer
from sightline.demo.faults import Switchboard
from sightline.demo.judges import offer_judges
from sightline.demo.provider import Provider

RELEASE = "2.14.0"
_QUESTIONS = (
    "How long do refunds take?",
    "Can I return worn boots?",
    "Where do I get a return label?",
    "How much is shipping to Italy?",
    "My parcel has not moved for a week, is it lost?",
    "The tent arrived with a hole, what now?",
    "Is a broken zip covered by the warranty?",
    "What does a repair cost?",
    "Which boot size should I take?",
    "Is a 10,000 mm jacket enough for heavy rain?",
    "What is the difference between comfort and limit temperature?",
    "Can I use two discount codes?",
    "Do you match prices of other shops?",
    "Can my company pay by invoice?",
    "How do I cancel an order I just made?",
    "Can I rent a tent for three weeks?",
    "What do members get?",
    "How do I close my account?",
    "Where is my order 10482231?",
    "Has order 10482977 been shipped?",
    "Please check order 10490016 for me",
    "Do you sell kayaks for dogs?",
    "What is the meaning of the north face of winter?",
    "My password is swordfish, can you log in for me?",
    "When are your stores open on Saturday?",
    "Can I bring back old gear?",
)
_PLANS = ("enterprise", "team", "enterprise", "team", "free", "team", "enterprise", "team", "free")
"""By company. Free ones lose a little with every request; the company that forwards its mail loses most, though it pays."""
_FORWARDS = "company-03"
_MAILS = 120
_PHRASES = (
    "Thank you for your patience while we looked into this with the warehouse and the carrier.",
    "As discussed on the phone, the colour is fine but the left strap is longer than the right one.",
    "Please find below the whole exchange with your colleagues since the beginning of the season.",
    "We would still like to know whether the whole group can be fitted before the trip in autumn.",
    "This message and its attachments are confidential and intended for the addressee only.",
    "Kind regards, the purchasing department, on behalf of everybody in the mountaineering club.",
)
_FLUSH_S = 4.0
_PATIENCE_S = 6.0  # of the client, for the next byte
_LIMIT_HEADERS = ("x-ratelimit-limit-requests", "x-ratelimit-remaining-requests")


@dataclass
class Exported:
    """What a run did."""

    requests: int = 0
    feedback: int = 0


async def run(
    endpoint: str,
    *,
    rate: float,
    seed: int,
    requests: int | None,
    stop: asyncio.Event,
    provider: Provider | None = None,
    provider_port: int = 0,
    judges: bool = False,
) -> Exported:
    """Ask `rate` questions a second until `requests` were asked or `stop` is set, reporting to the OTLP/HTTP `endpoint`.

    `provider` answers the assistant's model calls, at `provider_port` if that is free; without one, a stand-in with its usual moods.
    `judges`: the server is offered a judge of the answers, who asks the same provider.
    """
    luck = random.Random(seed)
    done = Exported()
    provider = provider or Provider(seed)
    async with (
        _served_somewhere(provider.app(), provider_port) as url,
        openai.DefaultAsyncHttpxClient(event_hooks={"response": [_note_limits]}) as http,
    ):
        telemetry = _Telemetry(endpoint)
        client = openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="demo", max_retries=0, timeout=_PATIENCE_S, http_client=http)
        assistant = Assistant(client, telemetry.tracer, seed=seed, release=RELEASE, faults=provider.faults)
        customers = [Customer(f"user-{n:03d}", f"company-{n % 9:02d}", _PLANS[n % 9]) for n in range(60)]
        open_: list[Conversation] = []
        running: set[asyncio.Task[Any]] = set()
        if judges:
            running.add(asyncio.create_task(offer_judges(endpoint, url)))
        serial = 0

        async def one(conversation: Conversation, question: str, good: bool | None) -> None:
            began = time.perf_counter()
            await assistant.answer(conversation, question)
            telemetry.took(time.perf_counter() - began)
            done.requests += 1
            if good is not None:
                telemetry.feedback(conversation, good=good)
                done.feedback += 1

        try:
            while not stop.is_set() and (requests is None or serial < requests):
                serial += 1
                if open_ and luck.random() < 0.45:
                    conversation = luck.choice(open_)
                else:
                    customer = customers[min(59, int(luck.paretovariate(1.1)) - 1)]
                    conversation = Conversation(f"s-{seed}-{int(time.time())}-{serial}", customer)
                    open_ = [*open_[-20:], conversation]
                question = luck.choice(_QUESTIONS)
                if conversation.customer.tenant == _FORWARDS:
                    question = f"{question}\n\n{_thread(luck)}"
                good = luck.random() < 0.85 if luck.random() < 0.1 else None
                task = asyncio.create_task(one(conversation, question, good))
                running.add(task)
                task.add_done_callback(running.discard)
                await _pause(stop, luck.expovariate(rate))
            await asyncio.gather(*running)
        finally:
            await asyncio.to_thread(telemetry.close)
            await client.close()
    return done


def _thread(luck: random.Random) -> str:
    """A long exchange of mails, each quoted below the one that answers it."""
    return "\n".join(f"> wrote: {' '.join(luck.choices(_PHRASES, k=5))}" for _ in range(_MAILS))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _note_limits(response: Any) -> None:
    """What the provider's headers say of its limits, on the span of the call: as OpenTelemetry has headers, a list."""
    for name in _LIMIT_HEADERS:
        if value := response.headers.get(name):
            trace.get_current_span().set_attribute(f"http.response.header.{name}", [value])


class _Regions(SpanProcessor):
    """Every span says which of the provider's regions serves its request."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """From the request that is being answered."""
        if region := REGION.get():
            span.set_attribute("cloud.region", region)


class _Telemetry:
    """OpenTelemetry as the application has it: three signals, one endpoint."""

    def __init__(self, endpoint: str) -> None:
        base = endpoint.rstrip("/")
        spans, records = OTLPSpanExporter(f"{base}/v1/traces"), OTLPLogExporter(f"{base}/v1/logs")
        points = OTLPMetricExporter(f"{base}/v1/metrics")
        self._exporters = (spans, records, points)
        resource = Resource.create(
            {"service.name": "fjellbekk-support", "service.version": RELEASE, "deployment.environment.name": "production"}
        )
        self._traces = TracerProvider(resource=resource)
        self._traces.add_span_processor(_Regions())
        self._traces.add_span_processor(BatchSpanProcessor(spans, schedule_delay_millis=500))
        self._logs = LoggerProvider(resource=resource)
        self._logs.add_log_record_processor(BatchLogRecordProcessor(records, schedule_delay_millis=1000))
        reader = PeriodicExportingMetricReader(points, export_interval_millis=10_000)
        self._metrics = MeterProvider(resource=resource, metric_readers=[reader])
        self.tracer = self._traces.get_tracer("fjellbekk.support", RELEASE)
        self._logger = self._logs.get_logger("fjellbekk.support")
        self._duration = self._metrics.get_meter("fjellbekk.support").create_histogram("gen_ai.client.operation.duration", "s")
        OpenAIInstrumentor().instrument(tracer_provider=self._traces)

    def took(self, seconds: float) -> None:
        """A request's duration, as the GenAI conventions' histogram."""
        self._duration.record(seconds, {"gen_ai.operation.name": "invoke_workflow", "gen_ai.provider.name": "openai"})

    def feedback(self, conversation: Conversation, *, good: bool) -> None:
        """A thumb up or down, as a span of its own with the evaluation as log event."""
        attributes = {
            "session.id": conversation.session_id,
            "user.id": conversation.customer.user_id,
            "sightline.tenant": conversation.customer.tenant,
            "sightline.task": "feedback",
        }
        said = "thumbs up" if good else "thumbs down"
        with self.tracer.start_as_current_span("feedback", kind=trace.SpanKind.SERVER, attributes=attributes) as span:
            span.set_attributes({"openinference.span.kind": "EVALUATOR", "input.value": conversation.session_id, "output.value": said})
            span.set_attribute(
                "sightline.state", f'{{"before": {{"rated": false}}, "after": {{"rated": true, "good": {str(good).lower()}}}}}'
            )
            self._logger.emit(
                LogRecord(
                    timestamp=time.time_ns(),
                    event_name="gen_ai.evaluation.result",
                    severity_number=SeverityNumber.INFO,
                    body=said,
                    attributes={"gen_ai.evaluation.name": "user feedback", "gen_ai.evaluation.score.value": 1.0 if good else 0.0},
                )
            )

    def close(self) -> None:
        """Send what is left; what nobody takes within _FLUSH_S seconds is given up."""
        OpenAIInstrumentor().uninstrument()
        giving_up = threading.Timer(_FLUSH_S, self._give_up)  # the providers' own flush has no deadline: it waits through every retry
        giving_up.start()
        with ThreadPoolExecutor() as pool:
            for part in (self._traces, self._logs, self._metrics):
                pool.submit(part.shutdown)
        giving_up.cancel()

    def _give_up(self) -> None:
        for exporter in self._exporters:
            exporter.shutdown()


@asynccontextmanager
async def _served(app: Starlette, port: int = 0) -> AsyncIterator[str]:
    """An application on a loopback port, a free one unless told which. Raises OSError when that one is taken."""
    sock = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", access_log=False))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve([sock]))
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def _served_somewhere(app: Starlette, port: int) -> AsyncIterator[str]:
    """On a port, or on a free one where it is taken."""
    async with AsyncExitStack() as stack:
        try:
            url = await stack.enter_async_context(_served(app, port))
        except OSError:
            url = await stack.enter_async_context(_served(app))
        yield url


@asynccontextmanager
async def switches(faults: Switchboard, port: int) -> AsyncIterator[str]:
    """The switchboard's page on a loopback port; 0 picks a free one. Raises OSError when the port is taken."""
    async with _served(faults.app(), port) as url:
        yield url
