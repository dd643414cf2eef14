"""Trace and baggage go along with HTTP calls to one's own services, and to nobody else: baggage names users and tenants."""

import fnmatch
import functools
import ipaddress
from collections.abc import Collection, MutableMapping
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from opentelemetry import context, propagate
from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY

from sightline.sdk._hooks import when_imported
from sightline.sdk._options import log

_SEEN = "_sightline_http"
_PRIVATE = (".local", ".internal", ".svc", ".cluster.local", ".lan", ".localhost", ".test")
_told: tuple[str, ...] = ()


def watch(hosts: Collection[str]) -> None:
    """From now on calls by httpx, requests and aiohttp to private hosts and to `hosts` carry the context."""
    global _told  # noqa: PLW0603 - one process, one list
    _told = tuple(hosts)
    _may_be_told.cache_clear()
    for name in ("httpx", "httpx2"):
        when_imported(name, _watch_httpx)
    when_imported("requests.sessions", _watch_requests)
    when_imported("aiohttp.client", _watch_aiohttp)


@functools.lru_cache(maxsize=1024)
def _may_be_told(host: str) -> bool:
    host = host.lower().rstrip(".")
    if any(fnmatch.fnmatchcase(host, pattern) for pattern in _told):
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE)
    return address.is_private and not address.is_unspecified


def inject(host: str | None, headers: MutableMapping[str, str]) -> None:
    """Put trace and baggage into the headers, where the host may know them and nobody has before."""
    try:
        if host and _may_be_told(host) and "traceparent" not in headers and not context.get_value(_SUPPRESS_INSTRUMENTATION_KEY):
            propagate.inject(headers)
    except Exception:
        log.debug("a call could not carry its trace", exc_info=True)


def _watch_httpx(module: ModuleType) -> None:
    for kind in (module.Client, module.AsyncClient):
        if not hasattr(kind, _SEEN):
            setattr(kind, _SEEN, True)
            kind.send = _sending_async(kind.send) if kind is module.AsyncClient else _sending(kind.send)


def _sending(send: Any) -> Any:
    @functools.wraps(send)
    def sent(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        inject(request.url.host, request.headers)
        return send(self, request, *args, **kwargs)

    return sent


def _sending_async(send: Any) -> Any:
    @functools.wraps(send)
    async def sent(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        inject(request.url.host, request.headers)
        return await send(self, request, *args, **kwargs)

    return sent


def _watch_requests(module: ModuleType) -> None:
    kind = module.Session
    if hasattr(kind, _SEEN):
        return
    setattr(kind, _SEEN, True)
    send = kind.send

    @functools.wraps(send)
    def sent(self: Any, request: Any, **kwargs: Any) -> Any:
        inject(urlsplit(request.url).hostname, request.headers)
        return send(self, request, **kwargs)

    kind.send = sent


def _watch_aiohttp(module: ModuleType) -> None:
    kind = module.ClientSession
    if hasattr(kind, _SEEN):
        return
    setattr(kind, _SEEN, True)
    ask = kind._request

    @functools.wraps(ask)
    async def asked(self: Any, method: str, url: Any, **kwargs: Any) -> Any:
        headers = dict(kwargs.get("headers") or {})
        inject(urlsplit(str(url)).hostname, headers)
        return await ask(self, method, url, **{**kwargs, "headers": headers})

    kind._request = asked
