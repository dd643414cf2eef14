"""OpenTelemetry's own words for content, `gen_ai.*`: on spans, and in the events that repeat them."""

from sightline.facts.content._documents import documents
from sightline.facts.content._messages import messages
from sightline.facts.content._raw import Raw, items
from sightline.facts.content._shapes import Content, ToolCall


def semconv(raw: Raw) -> Content:
    """What the attributes `gen_ai.*` say, and those that stood for them before."""
    system = messages(raw.said("gen_ai.system_instructions"), role="system")
    return Content(
        input_messages=system + messages(raw.said("gen_ai.input.messages", "gen_ai.prompt")),
        output_messages=messages(raw.said("gen_ai.output.messages", "gen_ai.completion"), role="assistant"),
        documents=documents(raw.parsed("gen_ai.retrieval.documents")),
        tool_call=ToolCall(
            id=raw.text("gen_ai.tool.call.id"),
            name=raw.text("gen_ai.tool.name"),
            description=raw.text("gen_ai.tool.description"),
            arguments=raw.parsed("gen_ai.tool.call.arguments", "tool_arguments", "gen_ai.tool.args"),
            result=raw.parsed("gen_ai.tool.call.result", "tool_response"),
        ),
        tool_definitions=tuple(items(raw.parsed("gen_ai.tool.definitions"))),
        input_value=raw.attributes.get("gen_ai.retrieval.query.text"),
    )
