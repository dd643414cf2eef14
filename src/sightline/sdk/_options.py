"""What `sightline.init()` can be told, by argument or by environment variable; a value that can't be used is said and left out."""

import logging
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

log = logging.getLogger("sightline")
log.addHandler(logging.NullHandler())  # an application that configured no logging keeps its stderr to itself

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Options:
    """Where telemetry goes and how much of the process it may take."""

    url: str = "http://localhost:4318"
    """the server: OTLP/HTTP and the screens"""
    project: str | None = None
    api_key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    certificate: str | None = None
    """a file of certificate authorities to trust instead of the system's"""
    content: bool = True
    """whether prompts, answers, documents and arguments are recorded"""
    redact: bool = True
    """whether secrets are taken out of everything that is sent"""
    content_chars: int = 256 * 1024
    """the longest text of one input or output; the rest is cut"""
    queue_items: int = 8192
    queue_bytes: int = 64 * MIB
    """what may wait in memory; beyond either the oldest are dropped, and counted"""
    batch_items: int = 512
    every_s: float = 1.0
    """the longest that a finished span waits before it is sent"""
    timeout_s: float = 10.0
    """the longest that one request may take"""
    exit_s: float = 3.0
    """the longest that the interpreter's exit waits for what is left to be sent"""
    spool: Path | None = None
    """a directory for what can't be sent now; without one it waits in memory"""
    spool_bytes: int = 64 * MIB
    flush_each_request: bool = False
    """send when a request ends, for processes that are frozen between requests (AWS Lambda: on by itself)"""
    propagate_to: Collection[str] = ()
    """hosts beside private ones that may be told trace and baggage: `api.acme.com`, `*.acme.com`"""
    keep_content: float = 1.0
    """the share of ordinary requests whose content is sent; errors and slow or flagged requests keep theirs"""
    slow_s: float = 10.0
    """from how long on a request counts as slow, where `keep_content` is below 1"""

    @property
    def traces_url(self) -> str:
        """The screens' list of requests."""
        return f"{self.url}/traces"

    def request_headers(self) -> dict[str, str]:
        """The headers of every request."""
        said = {"content-type": "application/x-protobuf", "user-agent": "sightline-sdk"}
        if self.project:
            said["x-sightline-project"] = self.project
        if self.api_key:
            said["authorization"] = f"Bearer {self.api_key}"
        return said | dict(self.headers)


def read_options(said: Mapping[str, Any]) -> Options:
    """Arguments first, then `SIGHTLINE_*`, then OpenTelemetry's own variables. Never raises: what can't be used is logged."""
    given: dict[str, Any] = dict(_of_opentelemetry())
    for name in fields(Options):
        if (text := os.environ.get(f"SIGHTLINE_{name.name.upper()}", "")) != "":
            _take(given, name.name, text, f"${f'SIGHTLINE_{name.name.upper()}'}")
    for key, value in said.items():
        if value is not None:
            _take(given, key, value, f"init({key}=…)")
    return Options(**given)


def _take(given: dict[str, Any], name: str, value: Any, source: str) -> None:
    try:
        given[name] = _READ[name](value)
    except (ValueError, TypeError, AttributeError) as error:
        log.warning("%s can't be used and is left out: %s", source, error)


def _url(value: Any) -> str:
    text = str(value).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{text!r} is no address; http://localhost:4318 is one")
    return text.removesuffix("/v1/traces")


def _text(value: Any) -> str:
    text = str(value).strip()
    if not text or any(ch in text for ch in "\r\n"):
        raise ValueError("it is one line of text")
    return text


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
        raise ValueError(f"{value!r} is neither true nor false")
    return word in {"1", "true", "yes", "on"}


def _pairs(value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {_text(key).lower(): _text(item) for key, item in value.items()}
    pairs = (pair.partition("=") for pair in str(value).split(",") if pair.strip())
    return {_text(key).lower(): _text(unquote(item.strip())) for key, _, item in pairs}


def _hosts(value: Any) -> tuple[str, ...]:
    return tuple(str(host).strip().lower() for host in (value.split(",") if isinstance(value, str) else value) if str(host).strip())


def _from(kind: type[int] | type[float], least: float, most: float) -> Any:
    def read(value: Any) -> int | float:
        number = kind(value)
        if not least <= number <= most:
            raise ValueError(f"{value} is not between {least} and {most}")
        return number

    return read


_READ: Mapping[str, Any] = {
    "url": _url,
    "project": _text,
    "api_key": _text,
    "headers": _pairs,
    "certificate": lambda value: _text(os.fspath(value)),
    "content": _flag,
    "redact": _flag,
    "content_chars": _from(int, 100, 16 * MIB),
    "queue_items": _from(int, 1, 10_000_000),
    "queue_bytes": _from(int, 4096, 16 * 1024 * MIB),
    "batch_items": _from(int, 1, 10_000),
    "every_s": _from(float, 0.01, 60),
    "timeout_s": _from(float, 0.1, 300),
    "exit_s": _from(float, 0, 60),
    "spool": Path,
    "spool_bytes": _from(int, 4096, 1024 * 1024 * MIB),
    "flush_each_request": _flag,
    "propagate_to": _hosts,
    "keep_content": _from(float, 0, 1),
    "slow_s": _from(float, 0, 86_400),
}


def _of_opentelemetry() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, variable in (
        ("url", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ("headers", "OTEL_EXPORTER_OTLP_HEADERS"),
        ("certificate", "OTEL_EXPORTER_OTLP_CERTIFICATE"),
    ):
        if text := os.environ.get(variable, ""):
            _take(found, name, text, f"${variable}")
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        found["flush_each_request"] = True
    return found
