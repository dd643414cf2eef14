"""Secrets are taken out before anything leaves the process, on the exporting thread: keys, tokens, and card numbers that check."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.trace import Event, ReadableSpan

_MARKED: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "key",
        ("sk-", "pk-", "rk-", "sk_", "pk_", "rk_"),
        re.compile(r"\b[spr]k[-_](?:[A-Za-z]+[-_])*[A-Za-z0-9_-]{16,}"),
    ),  # OpenAI, Stripe …
    ("aws key", ("AKIA", "ASIA", "ABIA", "ACCA"), re.compile(r"\bA(?:KI|SI|BI|CC)A[A-Z0-9]{16}\b")),
    ("github token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"), re.compile(r"\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{36,}")),
    ("gitlab token", ("glpat-",), re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}")),
    ("slack token", ("xox",), re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}")),
    ("google key", ("AIza", "ya29."), re.compile(r"\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,}")),
    ("hugging face token", ("hf_",), re.compile(r"\bhf_[A-Za-z0-9]{30,}\b")),
    ("package token", ("npm_", "pypi-"), re.compile(r"\bnpm_[A-Za-z0-9]{36}\b|\bpypi-[A-Za-z0-9_-]{50,}")),
    ("sendgrid key", ("SG.",), re.compile(r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}")),
    ("token", ("eyJ",), re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}")),
    ("token", ("earer ", "EARER "), re.compile(r"(?<=earer )[A-Za-z0-9._~+/=-]{16,}|(?<=EARER )[A-Za-z0-9._~+/=-]{16,}")),
    ("password", ("://",), re.compile(r"(?<=://)[^\s/:@\"'\\]{1,64}:[^\s/@\"'\\]{3,}(?=@)")),
)
"""Kind, the letters that must be there for its pattern to be tried, and the pattern: a text without any costs a search for letters."""
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)")
_NAMES = ("key", "secret", "token", "password", "passwd", "passphrase", "authorization", "credential")
_BEFORE_KEY = re.compile(r"(?:api|access|private|client|secret|auth|account|encryption|signing)[_\- ]?$")
_VALUE = re.compile(r"s?\\?[\"']?\s*(?:[:=]|\bis\b)\s*\\?[\"']?([A-Za-z0-9+/_.~=!@#$%^&*-]{8,})")
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-]|\.\d)")

_LETTERS, _DIGITS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"
_SHAPE = bytes(ord("x") if c in _LETTERS else ord("0") if c in _DIGITS else c if c in b" -" else ord(".") for c in range(256))
_RUNS = bytes(ord("x") if c in _LETTERS + _DIGITS + b"_-./+=~" else ord(" ") for c in range(256))
_LONG_RUN = b"x" * 16
_CARD_SHAPES = (b"0" * 13, b"0000 0000", b"0000-0000", b"0000 000000", b"0000-000000")


def without_secrets(span: ReadableSpan) -> ReadableSpan:
    """The span itself when it holds none, else a copy without them; other exporters of the process keep what they were given."""
    attributes, events = _mapping(_held(span.attributes)), [_event(event) for event in span.events]
    said = _text(span.status.description) if span.status.description else None
    if attributes is None and all(event is None for event in events) and said is None:
        return span
    told = span.status if said is None else type(span.status)(span.status.status_code, said)
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=span.attributes if attributes is None else attributes,
        events=[new or old for new, old in zip(events, span.events, strict=True)],
        links=span.links,
        kind=span.kind,
        status=told,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def redacted(text: str) -> str:
    """The text with each secret replaced by `[redacted KIND]`."""
    found = _text(text)
    return text if found is None else found


def _held(attributes: Any) -> Mapping[str, Any]:
    return attributes or {}


def _event(event: Event) -> Event | None:
    attributes = _mapping(_held(event.attributes))
    return None if attributes is None else Event(event.name, attributes, event.timestamp)


def _mapping(attributes: Mapping[str, Any]) -> dict[str, Any] | None:
    changed: dict[str, Any] = {}
    for key, value in attributes.items():
        if value.__class__ is str:
            new: Any = _text(value)
        elif isinstance(value, Sequence) and not isinstance(value, bytes):
            texts = [_text(item) if item.__class__ is str else None for item in value]
            new = (
                None if all(text is None for text in texts) else tuple(t if t is not None else v for t, v in zip(texts, value, strict=True))
            )
        else:
            continue
        if new is not None:
            changed[key] = new
    return dict(attributes) | changed if changed else None


def _text(text: str) -> str | None:
    """The text without its secrets; None where it holds none. Most texts are found clean by their shape, for a few µs a kB."""
    if len(text) < _SHORTEST:
        return None
    made, data = text, text.encode(errors="replace")
    shape = data.translate(_SHAPE)
    if b"x0" in shape or b"0x" in shape or b"x-0" in shape:
        if _LONG_RUN in data.translate(_RUNS) or "://" in text:
            made = _without_marked(made)
        made = _without_named(made)
    if "PRIVATE KEY-----" in made:
        made = _PEM.sub("[redacted private key]", made)
    if any(card in shape for card in _CARD_SHAPES):
        made = _CARD.sub(lambda found: "[redacted card]" if _is_card(found.group()) else found.group(), made)
    return None if made == text else made


def _without_marked(text: str) -> str:
    for kind, marks, pattern in _MARKED:
        if any(mark in text for mark in marks):
            text = pattern.sub(lambda found, kind=kind: found.group() if _is_plain(found.group()) else f"[redacted {kind}]", text)  # type: ignore[misc]
    return text


def _without_named(text: str) -> str:
    """`password: …`, `"api_key": "…"`: what stands behind a name that says it is secret."""
    low = text.lower()
    if len(low) != len(text):  # a letter whose lower case is two
        low = text
    found: list[tuple[int, int]] = []
    for name in _NAMES:
        at = low.find(name)
        while at >= 0:
            end = at + len(name)
            if name != "key" or _BEFORE_KEY.search(low, max(0, at - 12), at):
                value = _VALUE.match(text, end)
                if value is not None and not _is_plain(value.group(1)):
                    found.append(value.span(1))
            at = low.find(name, end)
    parts, done = [], 0
    for start, end in sorted(found):
        if start >= done:
            parts += [text[done:start], "[redacted secret]"]
            done = end
    return "".join((*parts, text[done:]))


def _is_plain(value: str) -> bool:
    """A word, a name or a number: what is secret mixes letters and digits."""
    return not (any(ch.isdigit() for ch in value) and any(ch.isalpha() for ch in value))


def _is_card(text: str) -> bool:
    digits = [int(ch) for ch in text if ch.isdigit()]
    if not 13 <= len(digits) <= 19 or digits[0] not in _CARDS_BEGIN or len(set(digits)) == 1:
        return False
    doubled = [digit * 2 if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


_SHORTEST = 12
_CARDS_BEGIN = (2, 3, 4, 5, 6)
