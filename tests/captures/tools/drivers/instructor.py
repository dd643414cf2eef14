"""Instructor under OpenInference, the OpenAI client beneath it instrumented as well: an answer that fits, one that never does.

Needs: instructor openai<3 openinference-instrumentation-instructor openinference-instrumentation-openai opentelemetry-sdk
opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import instructor
import openai
from _case import MODEL, case, export_traces
from openinference.instrumentation.instructor import InstructorInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor
from pydantic import BaseModel

provider = export_traces()
InstructorInstrumentor().instrument(tracer_provider=provider)
OpenAIInstrumentor().instrument(tracer_provider=provider)


class Place(BaseModel):
    """What the tool call fits."""

    city: str


class Visit(BaseModel):
    """What it never fits: `Oslo` is no number."""

    city: str
    nights: int


client = instructor.from_openai(openai.OpenAI(max_retries=0))
ask = [{"role": "user", "content": "TOOL where?"}]

with case("structured"):
    client.chat.completions.create(model=MODEL, response_model=Place, messages=ask)
with case("invalid_twice", expect=Exception):
    client.chat.completions.create(model=MODEL, response_model=Visit, messages=ask, max_retries=2)
