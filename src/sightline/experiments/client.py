"""The API as a runner needs it: JSON over HTTP, tried again while the server is busy."""

import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sightline.errors import SightlineError

_TRIES = 6
_AGAIN = (429, 502, 503, 504)
_PAGE = 500


class ServerSaidNoError(SightlineError):
    """The server can't be reached, or refused; the text says which."""


@dataclass(frozen=True, slots=True)
class Client:
    """A project of a server. Every call blocks: asynchronous callers use a thread. Raises ServerSaidNoError."""

    url: str = "http://localhost:4318"
    project: str = "default"
    timeout_s: float = 120.0

    def get(self, path: str, **params: object) -> Any:
        """The JSON of an answer; a list is its name said again and again, None is left out."""
        return self._ask("GET", path, params)

    def post(self, path: str, body: Mapping[str, object] | None = None, **params: object) -> Any:
        """The JSON of an answer."""
        return self._ask("POST", path, params, json.dumps(dict(body or {})).encode())

    def items(self, dataset: str, version: int, *, most: int) -> Iterator[dict[str, Any]]:
        """The first items of a version of a dataset."""
        after, left = 0, most
        while left > 0:
            page = self.get(f"/datasets/{quoted(dataset)}/items", version=version, after=after, limit=min(_PAGE, left))
            yield from page["items"]
            left -= len(page["items"])
            if page["next_after"] is None:
                return
            after = page["next_after"]

    def _ask(self, method: str, path: str, params: Mapping[str, object], body: bytes | None = None) -> Any:
        said = [(name, one) for name, value in {"project": self.project, **params}.items() for one in _each(value)]
        url = f"{self.url.rstrip('/')}/api/v1{path}?{urllib.parse.urlencode(said)}"
        for left in reversed(range(_TRIES)):
            try:
                headers = {"content-type": "application/json"} if body is not None else {}
                request = urllib.request.Request(url, data=body, headers=headers, method=method)  # noqa: S310 - the user's own URL
                with urllib.request.urlopen(request, timeout=self.timeout_s) as answer:  # noqa: S310
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code not in _AGAIN or not left:
                    raise ServerSaidNoError(f"The server at {self.url} said no ({error.code}): {_reason(error)}") from error
            except (OSError, ValueError) as error:
                if not left:
                    raise ServerSaidNoError(
                        f"No Sightline server answers at {self.url} ({error}): start one, or name its address (--url, SIGHTLINE_URL)."
                    ) from error
            # half a second, then twice as long each time, never all runners at once
            time.sleep(0.5 * 2 ** (_TRIES - 1 - left) * random.uniform(0.5, 1))  # noqa: S311 - no secret
        raise AssertionError("the last try returns or raises")


def quoted(part: str) -> str:
    """A part of a path."""
    return urllib.parse.quote(part, safe="")


def _each(value: object) -> Sequence[str]:
    if value is None:
        return ()
    many = value if isinstance(value, list | tuple) else (value,)
    return [str(one) for one in many]


def _reason(error: urllib.error.HTTPError) -> str:
    text = error.read().decode(errors="replace")
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return text[:300]
