"""Where each attribute key of the conventions table is found again: its slots, and a span's known attributes sorted by them.

Every attribute key that the table names has a slot: the number of its fact and its rank among the fact's sources. A span's known
attributes are sorted by slot once, so that for each fact the value to be believed stands first and one look-up among small numbers
finds it, however many conventions say it. That keeps both costs small: 0.03 µs a look-up, and few expressions for the engine to
analyse, which it does anew at every insert (measured: 93 ms with a look-up per source).
"""

from collections.abc import Iterator, Mapping

from sightline.facts.conventions import CONTENT_KEYS, CONTENT_PREFIXES, CONVENTIONS, KIND_KEYS, Source, Sources

RANKS = 64
_NUMBERS_FROM = 400  # facts from here on are numbers or booleans
_RAW = ("error.type", "langfuse.observation.level", "langfuse.observation.status_message", "rpc.response.status_code")
_RAW_NUMBERS = ("rpc.grpc.status_code",)
_LOOKED_INTO = frozenset({"json_text", "json_number", "json_boolean", "json_true", "pattern", "moment", "words"})


def quoted(text: str) -> str:
    """SQL's literal of a text."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def is_content(key: str) -> bool:
    """Whether an attribute is content whatever its length."""
    return key in CONTENT_KEYS or key.startswith(CONTENT_PREFIXES)


def sources_of(fact: str, sources: Sources) -> Iterator[Source]:
    """A fact's sources in the order to believe them."""
    return (source for convention in CONVENTIONS for source in sources[fact].get(convention, ()))


def is_slotted(source: Source) -> bool:
    """Whether it is read by its slot: the first of a fact's slotted sources that says something stands first."""
    return source.how in {"text", "number", "boolean"} and not (source.only or source.when or is_content(source.key))


def _is_raw(source: Source) -> bool:
    """Whether it is read as the text that was sent, by a slot of its own."""
    return (source.how in _LOOKED_INTO or bool(source.when)) and not is_content(source.key)


class Slots:
    """The slots of a table of sources. `numbers`: fact or raw key → its number."""

    def __init__(self, sources: Sources) -> None:
        self._tables: list[dict[str, int]] = [{}]
        self.numbers: dict[str, int] = {}
        self._scales: dict[int, float] = {}
        for rank, (key, _) in enumerate(KIND_KEYS):
            self._place(key, self._numbered("kind", number=False) * RANKS + rank)
        raws = [source.key for fact in sources for source in sources_of(fact, sources) if _is_raw(source)]
        for key in dict.fromkeys((*_RAW, *raws)):
            self._place(key, self._numbered(key, number=False) * RANKS)
        for key in _RAW_NUMBERS:
            self._place(key, self._numbered(key, number=True) * RANKS)
        for fact in sources:
            for rank, source in enumerate(source for source in sources_of(fact, sources) if is_slotted(source)):
                slot = self._numbered(fact, number=source.how != "text") * RANKS + rank
                self._place(source.key, slot)
                if source.scale != 1:
                    self._scales[slot] = source.scale

    def _place(self, key: str, slot: int) -> None:
        """A key that says several facts stands in several tables."""
        table = next((table for table in self._tables if key not in table), None)
        if table is None:
            self._tables.append(table := {})
        table[key] = slot

    def _numbered(self, name: str, *, number: bool) -> int:
        taken = sum((value >= _NUMBERS_FROM) == number for value in self.numbers.values())
        return self.numbers.setdefault(name, taken + (_NUMBERS_FROM if number else 1))

    def found(self, name: str) -> str:
        """SQL of what is believed first of a fact, or of a raw key; NULL if nothing is said."""
        number = self.numbers[name]
        kind = "number" if number >= _NUMBERS_FROM else "text"
        return f"arrayElementOrNull({kind}_values, indexOf({kind}_facts, {number}))"

    def first(self) -> str:
        """The slot of every attribute, 0 for what no convention names: an array beside `keys`."""
        return _slot_of(self._tables[0])

    def arrays(self) -> Mapping[str, str]:
        """column → expression over `keys`, `which`, `slots` and `vals` (the tuples of values): a span's known attributes, sorted by slot.

        `text_slots` are full slots, `*_facts` only the fact's number; `number_values` are scaled to the fact's unit.
        """
        from_ = _NUMBERS_FROM * RANKS
        every = ["slots", *map(_slot_of, self._tables[1:])]
        is_text = f"(v, w, s) -> w = 1 AND v != '' AND s > 0 AND s < {from_}"
        texts = ", ".join(f"arrayFilter({is_text}, vals.string_value, which, {slots})" for slots in every)
        text_slots = ", ".join(
            f"arrayFilter((s, w, v) -> w = 1 AND v != '' AND s > 0 AND s < {from_}, {slots}, which, vals.string_value)" for slots in every
        )
        number = (
            "multiIf(v.which = 'int_value', toFloat64(v.int_value), v.which = 'double_value', v.double_value, "
            "v.which = 'bool_value', toFloat64(v.bool_value), v.string_value IN ('true', 'True'), 1., "
            "v.string_value IN ('false', 'False'), 0., ifNull(toFloat64OrNull(v.string_value), nan))"
        )
        scaled, scales = ", ".join(map(str, self._scales)), ", ".join(f"{scale:.1f}" for scale in self._scales.values())
        numbers = ", ".join(
            f"arrayMap((v, s) -> {number} * transform(s, [{scaled}], [{scales}], 1.), "
            f"arrayFilter((v, s) -> s >= {from_}, vals, {slots}), arrayFilter(s -> s >= {from_}, {slots}))"
            for slots in every
        )
        number_slots = ", ".join(f"arrayFilter(s -> s >= {from_}, {slots})" for slots in every)
        return {
            "text_slots": f"arraySort(arrayConcat({text_slots}))",
            "text_facts": f"arrayMap(s -> toUInt16(intDiv(s, {RANKS})), text_slots)",
            "text_values": f"arraySort((v, s) -> s, arrayConcat({texts}), arrayConcat({text_slots}))",
            "number_facts": f"arrayMap(s -> toUInt16(intDiv(s, {RANKS})), arraySort(arrayConcat({number_slots})))",
            "number_values": f"arraySort((v, s) -> s, arrayConcat({numbers}), arrayConcat({number_slots}))",
        }


def _slot_of(table: Mapping[str, int]) -> str:
    keys, slots = ", ".join(map(quoted, table)), ", ".join(map(str, table.values()))
    return f"arrayMap(k -> toUInt16(transform(toString(k), [{keys}], [{slots}], 0)), keys)"
