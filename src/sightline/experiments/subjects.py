"""What is run over a dataset: a function of the user's, or a prompt with a model."""

import hashlib
import json
import os
import random
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from opentelemetry import trace

from sightline.errors import BadRequestError, SightlineError
from sightline.experiments.calling import call, find, wanted
from sightline.experiments.tracing import text

_HOLE = re.compile(r"\{\{\s*([A-Za-z_][\w.]*)\s*\}\}")
_TRIES = 5
_AGAIN = (408, 409, 429, 500, 502, 503, 504, 529)


class Subject(Protocol):
    """Something that answers an item's input."""

    @property
    def about(self) -> Mapping[str, Any]:
        """What it is, for the record: `kind` and what tells it from others."""

    async def answer(self, item: Mapping[str, Any], executor: Executor) -> Any:
        """Its output. Whatever it raises is the item's error."""


@dataclass(frozen=True, slots=True)
class Callable_:  # noqa: N801 - `Callable` is typing's
    """A function; it asks for what it needs by the names of its parameters: input (its first), context, metadata, item."""

    function: Callable[..., Any]
    name: str

    def __post_init__(self) -> None:
        wanted(self.function, dict.fromkeys(("input", "item", "context", "metadata")), "input")

    @property
    def about(self) -> Mapping[str, Any]:
        """Its name."""
        return {"kind": "callable", "callable": self.name}

    async def answer(self, item: Mapping[str, Any], executor: Executor) -> Any:
        """What it returns."""
        known = {"input": item["input"], "item": item} | {name: item.get(name) for name in ("context", "metadata")}
        return await call(self.function, wanted(self.function, known, "input"), executor)


@dataclass(frozen=True, slots=True)
class PromptModel:
    """A prompt asked of a model through any OpenAI-compatible endpoint.

    messages: role and content; `{{input}}`, `{{context}}`, `{{metadata.task}}` in a content are filled from the item. `key`: of the
    endpoint, '' where it needs none.
    """

    prompt: str
    messages: Sequence[Mapping[str, str]]
    model: str
    endpoint: str
    key: str = ""
    provider: str = "openai"
    temperature: float | None = None
    max_tokens: int | None = None
    timeout_s: float = 120.0
    version: str = field(default="")

    @property
    def about(self) -> Mapping[str, Any]:
        """The prompt's name and version (a digest of its text) and the model."""
        said = {"kind": "prompt", "prompt": self.prompt, "prompt_version": self.version, "model": self.model, "provider": self.provider}
        return said | {name: getattr(self, name) for name in ("temperature", "max_tokens") if getattr(self, name) is not None}

    async def answer(self, item: Mapping[str, Any], executor: Executor) -> Any:
        """The model's text. Raises ModelRefusedError."""
        return await call(self._ask, {"": item}, executor)

    def _ask(self, item: Mapping[str, Any]) -> str:
        messages = [{"role": one["role"], "content": filled(one["content"], item)} for one in self.messages]
        body: dict[str, Any] = {"model": self.model, "messages": messages}
        body |= {name: getattr(self, name) for name in ("temperature", "max_tokens") if getattr(self, name) is not None}
        said = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": self.provider,
            "gen_ai.request.model": self.model,
            "gen_ai.input.messages": text([{"role": m["role"], "parts": [{"type": "text", "content": m["content"]}]} for m in messages]),
            "sightline.prompt_name": self.prompt,
            "sightline.prompt_version": self.version,
        }
        with trace.get_tracer("sightline.experiments").start_as_current_span(f"chat {self.model}", attributes=said) as span:
            answer = self._sent(body)
            choice = answer["choices"][0]
            content = choice["message"].get("content") or ""
            usage = answer.get("usage") or {}
            seen = {
                "gen_ai.response.model": answer.get("model"),
                "gen_ai.response.id": answer.get("id"),
                "gen_ai.usage.input_tokens": usage.get("prompt_tokens"),
                "gen_ai.usage.output_tokens": usage.get("completion_tokens"),
                "gen_ai.output.messages": text([{"role": "assistant", "parts": [{"type": "text", "content": content}]}]),
            }
            span.set_attributes({name: value for name, value in seen.items() if value is not None})
            if choice.get("finish_reason"):
                span.set_attribute("gen_ai.response.finish_reasons", [choice["finish_reason"]])
        return str(content)

    def _sent(self, body: Mapping[str, Any]) -> Any:
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {self.key}"} if self.key else {})
        url = f"{self.endpoint.rstrip('/')}/chat/completions"
        for left in reversed(range(_TRIES)):
            pause = 0.5 * 2 ** (_TRIES - 1 - left)
            try:
                request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - the user's own URL
                with urllib.request.urlopen(request, timeout=self.timeout_s) as answer:  # noqa: S310
                    found = json.load(answer)
                found["choices"][0]["message"]
            except urllib.error.HTTPError as error:
                if error.code not in _AGAIN or not left:
                    raise ModelRefusedError(f"{error.code} from {url}: {error.read().decode(errors='replace')[:500]}") from error
                pause = max(pause, _seconds(error.headers.get("retry-after")))
            except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
                if not left:
                    raise ModelRefusedError(f"{url}: {type(error).__name__}: {error}") from error
            else:
                return found
            time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - no secret
        raise AssertionError("the last try returns or raises")


class ModelRefusedError(SightlineError):
    """A model's endpoint did not answer, or not with an answer."""


def load_callable(name: str) -> Callable_:
    """What `module:function` names. Raises BadRequestError."""
    return Callable_(find(name), name)


def load_prompt(path: Path, model: str, *, endpoint: str, key_variable: str = "OPENAI_API_KEY", **options: Any) -> PromptModel:
    """A prompt of a file: its text is what the user says, or it is a JSON list of messages with role and content.

    key_variable: the environment variable that holds the endpoint's key. Raises BadRequestError where the file is neither, or has no
    place for the input.
    """
    try:
        said = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequestError(f"The prompt {str(path)!r} can't be read: {error}.") from error
    messages: Any = [{"role": "user", "content": said}]
    if said.lstrip().startswith("["):
        try:
            messages = json.loads(said)
            messages = [{"role": str(one["role"]), "content": str(one["content"])} for one in messages]
        except (ValueError, KeyError, TypeError) as error:
            raise BadRequestError(f"The prompt {str(path)!r} is no list of messages with role and content ({error}).") from error
    if not any(hole.partition(".")[0] == "input" for one in messages for hole in _HOLE.findall(one["content"])):
        raise BadRequestError(f"The prompt {str(path)!r} has no place for the input: write {{{{input}}}} where it goes.")
    version = hashlib.sha256(said.encode()).hexdigest()[:12]
    return PromptModel(path.stem, messages, model, endpoint, os.environ.get(key_variable, ""), version=version, **options)


def filled(template: str, item: Mapping[str, Any]) -> str:
    """A template with the item's values; what it has not is empty. What an item says never becomes a part of the template."""

    def value(match: "re.Match[str]") -> str:
        found: Any = item
        for part in match[1].split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return "" if found is None else text(found)

    return _HOLE.sub(value, template)


def _seconds(said: str | None) -> float:
    try:
        return min(float(said or 0), 60.0)
    except ValueError:
        return 0.0
