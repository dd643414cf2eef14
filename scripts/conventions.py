"""Prints docs/conventions.md from the conventions table itself; a test compares."""

from sightline.facts.conventions import (
    BESIDE,
    CONVENTIONS,
    ESTIMATES,
    KIND_KEYS,
    LATE_CLOCKS,
    NAMED_KINDS,
    NO_CALLS,
    SOURCES,
    Source,
)
from sightline.facts.vocabulary import FACTS

HEAD = """# Conventions

How each instrumentation says each fact: the sources in the order to try them, read off the table that the engine's SQL is made from.
The operator's own sources come first, then the columns from left to right, and inside a cell from left to right.

`name` is an attribute as it is, in s or ms where the fact is kept in ns; `name#a.b` a value inside JSON that was sent as text;
`event name` the time from the span's start to its first such event; `resource name` an attribute of the resource; `(llm, embedding)`
that a source holds for those kinds only; `failed` and `answered` for calls that ended so; `dated` for a model's name with a day in it,
which only an answer is sure to have; `name: a or b` a value of one of these names in an answer that is sent as Python shows it, inside
JSON of the library's own making (`usage=Usage(cached_tokens=1024)`): numbers out of its usage alone, nothing out of quoted text.

## Counting

- `input_tokens` includes cached reads and writes, `output_tokens` includes reasoning, whatever the sender's rule. Parts that exceed
  their whole were kept apart and are added to it; so are those in the places listed under *parts beside the whole*.
- An LLM call with no input and no output tokens did not count them: both are unknown, and so are zeros of their parts.
- A time to first token that lies after the end of its span is none; one that is a thousand times its span's length was said in ms.
- Where two spans in two traces tell of one call and count other output, the one nearer the provider is right.
- Spans that only repeat another's call are marked at settling and added to nothing: docs/decisions/0004-counted-once.md.

## Sources of your own

```toml
[facts.tenant]
sources = ["attributes.customer_id", "resource.team", "attributes.metadata#customer.name"]
```

New spans get it at once (after a restart with the new configuration); `sightline refact --from 2026-11-01 --to 2026-11-08` derives stored
ones again, and every row keeps the `facts_version` that it was made by. A bad source is refused before anything changes.
"""


def source(said: Source) -> str:
    """One source as the table shows it."""
    if said.how == "event":
        return f"event `{said.key}`"
    if said.how in {"python_text", "python_number"}:
        return f"`{said.key}: {' or '.join(map(str, said.path))}`"
    if said.how == "resource":
        return f"resource `{said.key}`"
    path = "" if said.how == "pattern" else "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in said.path)
    shown = f"`{said.key}{'#' + path.lstrip('.') if path else ''}`"
    more = {"pattern": " (in its text)", "json_true": " (if true)", "moment": " (a moment)", "words": f" ({', '.join(said.words)})"}.get(
        said.how, ""
    )
    unit = {1e9: " (s)", 1e6: " (ms)"}.get(said.scale, "")
    only = f" ({', '.join(said.only)})" if said.only else ""
    when = {"failed": " failed", "answered": " answered", "snapshot": " dated", "alias": " not dated", "": ""}[said.when]
    return f"{shown}{unit}{more}{only}{when}"


def page() -> str:
    """The page."""
    used = [name for name in CONVENTIONS if any(name in by for by in SOURCES.values())]
    lines = [HEAD, "## Sources by fact", "", f"| fact | {' | '.join(used)} |", f"|---|{'---|' * len(used)}"]
    for fact, by in SOURCES.items():
        if fact in FACTS:
            cells = [", ".join(source(one) for one in by.get(name, ())) or "–" for name in used]
            lines.append(f"| **{fact}** | {' | '.join(cells)} |")
    lines += ["", "## Kinds", "", "Asked in this order; a word that is in no table asks on.", ""]
    for key, words in KIND_KEYS:
        said = ", ".join(f"{word} → {kind}" for word, kind in words.items()) or "the kinds' own names"
        lines.append(f"- `{key}`: {said}")
    lines += ["", "Where nothing says a kind, by instrumentation and pattern:", ""]
    lines += [f"- {scope}: `{of}` like `{pattern}` → {kind}" for scope, of, pattern, kind in NAMED_KINDS]
    lines += ["", "No calls, though they say so (kind chain):", ""]
    lines += [f"- {scope}: `{name}`{' without a usage' if silent else ''}" for scope, name, silent in NO_CALLS]
    lines += [
        "",
        "Clocks that begin when the answer does; the time that the HTTP client's span below waited is added, else nothing is known:",
        "",
    ]
    lines += [f"- {scope}" for scope in LATE_CLOCKS]
    lines += ["", "Counts of a stream that are the library's own estimate where it says nothing of the cache, and so are unknown:", ""]
    lines += [f"- {scope}" for scope in ESTIMATES]
    lines += ["", "## Parts beside the whole", ""]
    lines += [f"- {fact}: " + ", ".join(f"`{key}#{'.'.join(map(str, path))}`" for key, path in places) for fact, places in BESIDE.items()]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    print(page(), end="")
