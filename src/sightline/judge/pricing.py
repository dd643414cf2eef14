"""What a judge's call costs: the definition's own prices, else the catalogue's."""

from datetime import UTC, datetime

from sightline.facts.prices import KeptCatalogue, Usage, cost
from sightline.judge.definition import Definition, Model, Prices
from sightline.judge.prompt import most_prompt_bytes

_SAMPLE = 1_000  # tokens that the catalogue is asked about: below every threshold from which a dearer price holds


def prices(model: Model, catalogue: KeptCatalogue) -> Prices | None:
    """US dollars for a million tokens; None where nobody knows."""
    if model.prices is not None:
        return model.prices
    provider, _, name = model.model.rpartition(":")
    rules = catalogue.look_again().rules("llm", provider or None, name, None)
    now = datetime.now(UTC)
    found = [cost(rules, Usage(input_tokens=given, output_tokens=taken), now) for given, taken in ((_SAMPLE, 0), (0, _SAMPLE))]
    if any(part is None for part in found):
        return None
    first, second = (float(part.total) * 1_000_000 / _SAMPLE for part in found if part is not None)
    return Prices(input_usd=first, output_usd=second)


def most_usd(definition: Definition, known: Prices | None, *, input_bytes: int | None = None) -> float:
    """What one call of one model costs at the most: no tokenizer makes more tokens than there are bytes. 0 where no price is known.

    `input_bytes`: of the material, where it is known; the definition's limit otherwise.
    """
    if known is None:
        return 0.0
    most = (
        most_prompt_bytes(definition)
        - definition.max_input_bytes
        + min(definition.max_input_bytes, input_bytes or definition.max_input_bytes)
    )
    return (most * known.input_usd + definition.max_output_tokens * known.output_usd) / 1_000_000
