"""OpenTelemetry's own words for content, `gen_ai.*`: on spans, and in the events that repeat them."""

from sightline.facts.content._documents import documents
from sightline.facts.content._messages import conversation, messages
from sightline.facts.content._raw import Raw, items
from sightline.facts.content._shapes import Content, Message, ToolCall


def semconv(raw: Raw) -> Content:
    """What the attributes `gen_ai.*` say, and those that stood for them before."""
    system = messages(raw.said("gen_ai.system_instructions"), role="system")
    return Content(
        input_messages=system + (messages(raw.said("gen_ai.input.messages")) or _former(raw, "gen_ai.prompt", "user")),
        output_messages=messages(raw.said("gen_ai.output.messages"), role="assistant") or _former(raw, "gen_ai.completion", "assistant"),
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


def _former(raw: Raw, key: str, role: str) -> tuple[Message, ...]:
    """A whole conversation in one attribute; LangSmith puts what its call was given, or gave back, there."""
    return conversation(raw.parsed(key), role, bare=False) or messages(raw.said(key), role=role)
