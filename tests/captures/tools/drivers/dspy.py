"""DSPy under OpenInference: a signature, a chain of thought, an agent with a tool, an error.

Needs: dspy openinference-instrumentation-dspy opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import dspy
from _case import ASK, MODEL, case, export_traces, get_weather
from openinference.instrumentation.dspy import DSPyInstrumentor

DSPyInstrumentor().instrument(tracer_provider=export_traces())
dspy.configure(lm=dspy.LM(f"openai/{MODEL}", cache=False, num_retries=0), adapter=dspy.ChatAdapter())


FINE = "SAY<[[ ## reasoning ## ]]\nPolicy says so.\n[[ ## answer ## ]]\nFive days.\n[[ ## completed ## ]]> " + ASK
STEP = "\n".join(
    [
        "SAY<[[ ## next_thought ## ]]\nLook it up.",
        "[[ ## next_tool_name ## ]]\nget_weather",
        '[[ ## next_tool_args ## ]]\n{"city": "Oslo"}',
        "[[ ## reasoning ## ]]\nIt rains.\n[[ ## answer ## ]]\nRain.\n[[ ## completed ## ]]> weather in Oslo?",
    ]
)


with case("chain_of_thought"):
    dspy.ChainOfThought("question -> answer")(question=FINE)
with case("unparsable", expect=Exception):
    dspy.Predict("question -> answer")(question=ASK)
with case("lm"):
    dspy.settings.lm(ASK)
with case("react"):
    dspy.ReAct("question -> answer", tools=[get_weather], max_iters=1)(question=STEP)
with case("error429", expect=Exception):
    dspy.settings.lm("ERR429")
