"""Groups of rows of spans by facts and attributes: what tells them apart as SQL, and the filter that selects each."""

from collections.abc import Sequence
from dataclasses import dataclass

from sightline.errors import BadRequestError
from sightline.query.subjects import Subject
from sightline.query.syntax import Term, parse_term
from sightline.query.writing import Kind, both, has_value

# What an attribute is where it is read as text: a filter compares values of one type only.
_KINDS = {
    "attributes": (
        "multiIf(mapContains(attr_string, $key), 'text', mapContains(attr_int, $key) OR mapContains(attr_double, $key), 'number',"
        " mapContains(attr_bool, $key), 'boolean', 'other')"
    ),
    "resource": "if(mapContains(resource_string, $key), 'text', 'other')",
}


@dataclass(frozen=True, slots=True)
class Grouping:
    """`columns` are `g0`, `k0`, `g1` … (value as text, NULL where unknown; what kind of value) and `group_key`, a number that tells
    groups apart; `texts` and `kinds` are the arrays of them.
    """

    terms: tuple[Term, ...]
    columns: str
    texts: str
    kinds: str

    @classmethod
    def by(cls, names: Sequence[str], subject: Subject) -> "Grouping":
        """Raises BadFilterError, UnknownFactError and BadRequestError for a name that rows can't be grouped by."""
        if len(set(names)) < len(names):
            raise BadRequestError("Something is there twice to group by: drop one.")
        terms = tuple(parse_term(name) for name in names)
        columns = []
        for i, term in enumerate(terms):
            columns += [f"CAST(toString({subject.key(term)}), 'Nullable(String)') AS g{i}", f"{_kind(term, subject)} AS k{i}"]
        parts = ", ".join(f"ifNull(concat('=', g{i}), '')" for i in range(len(terms)))
        columns.append(f"{f'cityHash64({parts})' if terms else 'toUInt64(0)'} AS group_key")
        texts = ", ".join(f"g{i}" for i in range(len(terms)))
        kinds = ", ".join(f"k{i}" for i in range(len(terms)))
        return cls(
            terms,
            ", ".join(columns),
            f"CAST([{texts}], 'Array(Nullable(String))')",
            f"CAST([{kinds}], 'Array(String)')",
        )

    def filter(self, values: Sequence[str | None], kinds: Sequence[Sequence[Kind]] = ()) -> str | None:
        """The filter that selects a group's rows, '' where everything is one group; None where the language can't say it.

        `kinds`: what was seen, an array of `kinds` for each sort of row in the group.
        """
        said = [has_value(term, value, {seen[i] for seen in kinds}) for i, (term, value) in enumerate(zip(self.terms, values, strict=True))]
        known = [text for text in said if text is not None]
        return both(known) if len(known) == len(said) else None


def _kind(term: Term, subject: Subject) -> str:
    if term.source not in _KINDS:
        return "''"
    return subject.bound(_KINDS[term.source], term)
