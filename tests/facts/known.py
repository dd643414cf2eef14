"""Where a payload does not carry what the provider did, or says something else, and why. The payload decides.

Every entry is checked: one that became right, or that a payload does carry after all, fails the test.
"""

NO_SPAN = "no span of the payload tells of the call"
ELSEWHERE = "the call's own span does not say it; another one's content holds the same words"
NO_CALL = "the tool's span says neither arguments nor result"
FORGOTTEN = "the library keeps the text of an answer and drops the call in it"

NOT_CARRIED: dict[str, dict[str, str]] = {
    "openinference_langchain.rag": {"calls.embedding": NO_SPAN},
    "pydantic_ai.agent_error": {"calls.embedding": NO_SPAN, "1.input": ELSEWHERE},
    "agno.tool": {"0.reasoning_tokens": ELSEWHERE},
    "autogen.chat": {"calls.llm": NO_SPAN},
    "autogen.tool": {"calls.llm": NO_SPAN, "tool.execute_tool weather": NO_CALL},
    "autogen.team": {"calls.llm": NO_SPAN},
    "autogen.error429": {"calls.llm": NO_SPAN},
    "crewai.chat": {"calls.llm": NO_SPAN},
    "crewai.tool": {"calls.llm": NO_SPAN},
    "crewai.error500": {"calls.llm": NO_SPAN},
    "google_adk.tool": {"tool.execute_tool get_weather": NO_CALL},
    "google_adk.tool_error": {"tool.execute_tool broken": NO_CALL},
    "llamaindex.agent": {"0.response_model": ELSEWHERE, "1.response_model": ELSEWHERE},
    "llamaindex.nested_stream": {"0.response_model": ELSEWHERE},
    "mcp.tool": {"tool.tools/call get_weather": NO_CALL},
    "mcp.tool_is_error": {"tool.tools/call broken": NO_CALL},
    "mcp.unknown_tool": {"tool.tools/call nowhere": NO_CALL},
    "mlflow.anthropic_stream": {"0.cache_write_tokens": ELSEWHERE},
    "openlit.anthropic_error": {"calls.llm": NO_SPAN},
    "openllmetry_anthropic_old.tool_stream": {"0.tool_calls": FORGOTTEN},
    "openllmetry_anthropic_old.error429": {"calls.llm": NO_SPAN},
    "openllmetry_anthropic_older.tool": {"0.tool_calls": FORGOTTEN},
    "openllmetry_anthropic_older.tool_stream": {"0.tool_calls": FORGOTTEN},
    "openllmetry_anthropic_older.error429": {"calls.llm": NO_SPAN},
    "openllmetry_langgraph.agent": {"0.reasoning_tokens": ELSEWHERE, "1.reasoning_tokens": ELSEWHERE},
    "pydantic_ai_v1.error500": {"0.input": ELSEWHERE},
}

CLOCK = "the client's clock, which also times its start, its connection and its own work"
AS_ASKED = "the library says the name that was asked for as the one that answered"
ZEROS = "the library writes zero for what the provider did say"
EXCLUSIVE = "the library leaves the cached tokens out and says nothing of them"
HISTORY = "the words are of the call before, in the conversation that this one was given"
UNTIED = "two traces without an answer's id in common: nothing says that they are one call, so both count"

OTHERWISE: dict[str, dict[str, str]] = {
    "agno.tool": {"1.reasoning_tokens": HISTORY},
    "langfuse.responses_stream": {"0.ttft_ns": CLOCK},
    "openinference_openai_anthropic.stream": {"0.ttft_ns": CLOCK},
    "openinference_openai_anthropic.responses_stream": {"0.ttft_ns": CLOCK},
    "openinference_openai_anthropic.anthropic_stream": {"0.ttft_ns": CLOCK},
    "pydantic_ai.agent_stream": {"0.ttft_ns": CLOCK},
    "litellm.stream": {"0.response_model": AS_ASKED},
    "litellm.anthropic_stream": {"0.response_model": AS_ASKED},
    "llamaindex.nested_stream": {"calls.llm": UNTIED},
    "mlflow.anthropic_stream": {"calls.llm": UNTIED},
    "nested.stream": {"calls.llm": UNTIED},
    "nested.error429": {"calls.llm": UNTIED},
    "openlit.anthropic_stream": {"0.input_tokens": EXCLUSIVE, "0.cache_read_tokens": ZEROS, "0.cache_write_tokens": ZEROS},
    "openllmetry_anthropic.error429": {"calls.llm": UNTIED},
    "openllmetry_anthropic_older.chat": {"0.input_tokens": EXCLUSIVE},
    "openllmetry_anthropic_older.tool": {"0.input_tokens": EXCLUSIVE},
    "openllmetry_anthropic_older.cache": {"0.input_tokens": EXCLUSIVE},
    "openllmetry_langgraph.agent_stream": {"0.response_model": AS_ASKED, "1.response_model": AS_ASKED},
    "strands.chat": {"0.ttft_ns": CLOCK},
    "strands.stream": {"0.ttft_ns": CLOCK},
    "strands.tool": {"0.ttft_ns": CLOCK, "1.ttft_ns": CLOCK},
    "strands.tool_error": {"0.ttft_ns": CLOCK, "1.ttft_ns": CLOCK},
    "strands.tool_latest": {"0.ttft_ns": CLOCK, "1.ttft_ns": CLOCK},
}
