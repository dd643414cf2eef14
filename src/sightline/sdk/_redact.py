"""Secrets are taken out before anything leaves the process, on the exporting thread: keys, tokens, and card numbers that check."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.sdk.trace import Event, ReadableSpan

_NAMED = r"(?:api[_-]?key|secret|token|passw(?:or)?d|passphrase|authorization|credential|private[_-]?key|access[_-]?key|client[_-]?secret)"
_SECRET = re.compile(
    "|".join(
        (
            r"(?P<key>\b(?:sk|pk|rk)[-_](?:[A-Za-z]+[-_])*[A-Za-z0-9_-]{16,}\b)",  # OpenAI, Anthropic, Stripe, Langfuse
            r"(?P<aws>\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b)",
            r"(?P<github>\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})\b)",
            r"(?P<gitlab>\bglpat-[A-Za-z0-9_-]{20,})",
            r"(?P<slack>\bxox[abeoprs]-[A-Za-z0-9-]{10,})",
            r"(?P<google>\bAIza[A-Za-z0-9_-]{35}\b|\bya29\.[A-Za-z0-9_-]{20,})",
            r"(?P<hf>\bhf_[A-Za-z0-9]{30,}\b)",
            r"(?P<npm>\bnpm_[A-Za-z0-9]{36}\b|\bpypi-[A-Za-z0-9_-]{50,})",
            r"(?P<sendgrid>\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
            r"(?P<jwt>\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})",
            r"(?P<pem>-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))",
            r"(?P<bearer>(?i:\bbearer\s+)[A-Za-z0-9._~+/=-]{16,})",
            r"(?P<url>(?<=://)[^\s/:@\"']{1,64}:[^\s/@\"']{3,}(?=@))",
            rf"(?P<named>(?i:{_NAMED})[\"']?\s*[:=]\s*[\"']?(?P<value>[A-Za-z0-9+/_.~=-]{{12,}}))",
            r"(?P<card>\b\d(?:[ -]?\d){12,18}\b)",
        )
    )
)
_HINT = re.compile(r"\d{4}|[:=]|[-_.][A-Za-z0-9]{6}|A[KSBC]IA|AKIA|AIza|earer")


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
    """The text without its secrets; None where it holds none."""
    if len(text) < 12 or _HINT.search(text) is None:
        return None
    made = _SECRET.sub(_replaced, text)
    return None if made == text else made


def _replaced(match: re.Match[str]) -> str:
    kind = match.lastgroup if match.lastgroup != "value" else "named"
    whole = match.group()
    if kind == "card":
        return "[redacted card]" if _luhn(whole) else whole
    if kind == "named":
        value = match.group("value")
        return whole.replace(value, "[redacted secret]") if _random_looking(value) else whole
    if kind == "bearer":
        return f"{whole[:6]} [redacted bearer]"
    return f"[redacted {kind}]" if kind != "key" or _random_looking(whole) else whole


def _random_looking(value: str) -> bool:
    """Letters and digits mixed: a word or a placeholder is no secret."""
    return any(ch.isdigit() for ch in value) and any(ch.isalpha() for ch in value)


def _luhn(text: str) -> bool:
    digits = [int(ch) for ch in text if ch.isdigit()]
    if len(set(digits)) == 1 or digits[0] not in (2, 3, 4, 5, 6):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
