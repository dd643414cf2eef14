"""Sources that an operator adds to the conventions table: `[facts.tenant] sources = ["attributes.customer_id"]`.

They are believed before every convention. A source is `attributes.KEY` or `resource.KEY`, and `attributes.KEY#a.b` for a value inside JSON
that was sent as text. Whoever changes them has new spans derived by them at once; stored ones are derived again when asked for.
"""

import difflib
import re
from collections.abc import Mapping, Sequence

from sightline.errors import SettingsError
from sightline.facts._slots import is_content
from sightline.facts.conventions import SOURCES, How, Source, Sources
from sightline.facts.vocabulary import FACTS, Fact

CONFIGURED = "configured"
_EXAMPLE = "attributes.customer_id, resource.team or attributes.metadata#customer.tier"


def with_configured(wanted: Mapping[str, Sequence[str]], sources: Sources = SOURCES) -> Sources:
    """The table with an operator's sources in front: fact → texts as the configuration has them.

    Raises SettingsError that names what is wrong and what would be right; then nothing has changed.
    """
    made = dict(sources)
    for name, texts in wanted.items():
        if name not in sources:
            near = difflib.get_close_matches(name, sources, n=1)
            right = f"did you mean {near[0]}?" if near else f"those that can have sources are {', '.join(sorted(sources))}."
            raise SettingsError(f"facts.{name}: there is no such fact, or it is not read from attributes: {right}")
        if not texts:
            raise SettingsError(f"facts.{name}.sources is empty: name at least one, like {_EXAMPLE}.")
        made[name] = {CONFIGURED: tuple(_source(FACTS[name], text) for text in texts), **sources[name]}
    return made


def _source(fact: Fact, text: str) -> Source:
    place, _, key = text.partition(".")
    key, _, path = key.partition("#")
    if place not in {"attributes", "resource"} or not key or (place == "resource" and path) or (path and not _PATH.fullmatch(path)):
        raise SettingsError(f"facts.{fact.name}: {text!r} is no source: write {_EXAMPLE}.")
    if place == "resource":
        if fact.type != "string":
            raise SettingsError(f"facts.{fact.name}: a resource's attributes are read as text, and {fact.name} is {fact.type}.")
        return Source(key, "resource")
    how = _HOW[fact.type]
    if path:
        return Source(key, _INSIDE[how], path=tuple(path.split(".")))
    if is_content(key) and how != "text":
        raise SettingsError(f"facts.{fact.name}: {key} holds content, which is text: name a value inside it, like {key}#a.b.")
    return Source(key, how)


_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_HOW: Mapping[str, How] = {
    "string": "text",
    "json": "text",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
}
_INSIDE: Mapping[How, How] = {"text": "json_text", "number": "json_number", "boolean": "json_boolean"}
