"""One question to one model, whoever provides it: an answer with its tokens, or an error that says whether to try again.

OpenAI-compatible endpoints are asked directly, which takes a third of the processor time (`python -m bench.judging --clients`); every
other provider is reached through Pydantic AI, by `provider:model`.
"""

import asyncio
import json
import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from sightline.judge.definition import Definition, Model
from sightline.judge.prompt import Prompt

_OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said; tokens are None where it did not say how many."""

    text: str
    input_tokens: int | None
    output_tokens: int | None
    model: str | None = None
    finish_reason: str | None = None


class CallError(Exception):
    """A call that brought no answer. `retry`: another try may. `charged`: it may have cost something. `down`: the endpoint is to blame."""

    def __init__(self, message: str, *, retry: bool, charged: bool, down: bool, after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry = retry
        self.charged = charged
        self.down = down
        self.after_s = after_s


class Models:
    """The connections to all endpoints, as many as there are calls under way at once."""

    def __init__(self) -> None:
        self._tls = ssl.create_default_context()
        self._idle: list[httpx.AsyncClient] = []
        self._clients: list[httpx.AsyncClient] = []
        self._others: dict[Model, Any] = {}

    async def close(self) -> None:
        """Idempotent."""
        for client in self._clients:
            await client.aclose()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[httpx.AsyncClient]:
        """A client of one connection, the last that was used first.

        One client of many connections looks at all of them, for each of them, with every request: at 64 that took most of a call's time.
        """
        if not self._idle:
            limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=30)
            made = httpx.AsyncClient(limits=limits, timeout=httpx.Timeout(None, connect=10), follow_redirects=False, verify=self._tls)
            self._clients.append(made)
            self._idle.append(made)
        client = self._idle.pop()
        try:
            yield client
        finally:
            self._idle.append(client)

    async def ask(self, model: Model, prompt: Prompt, definition: Definition) -> Answer:
        """Raises CallError."""
        try:
            async with asyncio.timeout(definition.timeout_s):
                if model.endpoint is None and ":" in model.model:
                    return await self._ask_other(model, prompt, definition)
                return await self._ask_openai(model, prompt, definition)
        except TimeoutError as error:
            raise CallError(f"no answer in {definition.timeout_s:g} s", retry=True, charged=True, down=True) from error

    async def _ask_openai(self, model: Model, prompt: Prompt, definition: Definition) -> Answer:
        body = {
            "model": model.model,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            "temperature": 0,
            "max_tokens": definition.max_output_tokens,
            "response_format": {"type": "json_schema", "json_schema": {"name": "verdict", "strict": True, "schema": prompt.schema}},
        }
        headers = {"content-type": "application/json"}
        key = key_of(model)
        if key:
            headers["authorization"] = f"Bearer {key}"
        try:
            async with self._connection() as client:
                response = await client.post(
                    f"{(model.endpoint or _OPENAI).rstrip('/')}/chat/completions", content=_encoded(body), headers=headers
                )
        except httpx.TransportError as error:
            sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
            raise CallError(f"{type(error).__name__}: {error}"[:300], retry=True, charged=sent, down=True) from error
        if response.status_code != 200:
            raise _refused(response)
        return _read(response)

    async def _ask_other(self, model: Model, prompt: Prompt, definition: Definition) -> Answer:
        from pydantic_ai import ModelAPIError, ModelHTTPError, UserError
        from pydantic_ai.direct import model_request
        from pydantic_ai.messages import ModelRequest, SystemPromptPart, TextPart, ToolCallPart, UserPromptPart
        from pydantic_ai.models import ModelRequestParameters
        from pydantic_ai.settings import ModelSettings
        from pydantic_ai.tools import ToolDefinition

        # a tool that has to be called is the form that every provider has
        verdict = ToolDefinition(name="verdict", description="Give the verdict.", parameters_json_schema=dict(prompt.schema), kind="output")
        try:
            found = await model_request(
                self._other(model),
                [ModelRequest(parts=[SystemPromptPart(content=prompt.system), UserPromptPart(content=prompt.user)])],
                model_settings=ModelSettings(max_tokens=definition.max_output_tokens, temperature=0),
                model_request_parameters=ModelRequestParameters(output_mode="tool", output_tools=[verdict], allow_text_output=False),
            )
        except ModelHTTPError as error:
            raise _by_status(error.status_code, str(error)) from error
        except (ModelAPIError, UserError) as error:
            raise CallError(str(error)[:300], retry=isinstance(error, ModelAPIError), charged=True, down=True) from error
        parts = [
            part.args_as_json_str() if isinstance(part, ToolCallPart) else part.content
            for part in found.parts
            if isinstance(part, ToolCallPart | TextPart)
        ]
        return Answer("\n".join(parts), found.usage.input_tokens, found.usage.output_tokens, found.model_name)

    def _other(self, model: Model) -> Any:
        from pydantic_ai.models import infer_model
        from pydantic_ai.providers import infer_provider_class

        if model not in self._others:
            key = key_of(model)

            def provider(name: str) -> Any:
                made: Any = infer_provider_class(name)
                return made(api_key=key) if key else made()

            self._others[model] = infer_model(model.model, provider)
        return self._others[model]


def key_of(model: Model) -> str | None:
    """The key that the worker's environment has for it. Raises CallError where the variable that is named is not set."""
    if model.api_key_env is None:
        return None
    key = os.environ.get(model.api_key_env)
    if not key:
        raise CallError(f"the variable {model.api_key_env} is not set in the worker's environment", retry=False, charged=False, down=True)
    return key


def _encoded(body: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(body)
    except TypeError:
        return json.dumps(body).encode()  # half a surrogate pair


def _read(response: httpx.Response) -> Answer:
    try:
        said = orjson.loads(response.content)
        choice = said["choices"][0]
        text = choice["message"]["content"] or ""
        usage = said.get("usage") or {}
        return Answer(text, usage.get("prompt_tokens"), usage.get("completion_tokens"), said.get("model"), choice.get("finish_reason"))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise CallError(f"the endpoint's answer can't be read: {response.text[:200]!r}", retry=True, charged=True, down=False) from error


def _refused(response: httpx.Response) -> CallError:
    after = response.headers.get("retry-after", "")
    return _by_status(response.status_code, response.text, float(after) if after.replace(".", "", 1).isdigit() else None)


def _by_status(status: int, text: str, after_s: float | None = None) -> CallError:
    retry = status in (408, 409, 425, 429) or status >= 500
    # A request that was refused costs nothing; of a server's own failure nobody knows.
    charged = status >= 500
    down = retry or status in (401, 403, 404)
    return CallError(f"HTTP {status}: {text[:200]}", retry=retry, charged=charged, down=down, after_s=after_s)
