"""The Model Context Protocol's Python SDK with its own spans: client and server in one process, a tool that works and tools that fail.

Needs: mcp opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""

# mypy: ignore-errors

import asyncio

from _case import case, export_traces, get_weather
from mcp import Client
from mcp.server.mcpserver import MCPServer
from opentelemetry import trace

export_traces()
server = MCPServer("weather")
server.tool()(get_weather)


@server.tool()
def broken(city: str) -> str:
    """Never works: the answer has isError."""
    raise RuntimeError(f"no weather for {city}")


@server.prompt()
def greeting(name: str) -> str:
    """A prompt."""
    return f"Greet {name}."


@server.resource("kb://refunds")
def refunds() -> str:
    """A resource."""
    return "Refunds take five business days."


async def call(name: str, **arguments: str) -> None:
    """One tool call on a fresh connection, within a span of the application: the SDK's own are the server's alone."""
    with trace.get_tracer("app").start_as_current_span("request"):
        await calling(name, arguments)


async def calling(name: str, arguments: dict[str, str]) -> None:
    """What the request does."""
    async with Client(server) as client:
        await client.list_tools()
        await client.call_tool(name, arguments)


async def read() -> None:
    """A resource and a prompt."""
    async with Client(server) as client:
        await client.read_resource("kb://refunds")
        await client.get_prompt("greeting", {"name": "Ada"})


with case("tool"):
    asyncio.run(call("get_weather", city="Oslo"))
with case("tool_is_error", expect=Exception):
    asyncio.run(call("broken", city="Oslo"))
with case("unknown_tool", expect=Exception):
    asyncio.run(call("nowhere"))
with case("resource_and_prompt"):
    asyncio.run(read())
