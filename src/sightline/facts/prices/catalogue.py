"""The catalogue: genai-prices' list of providers, models and prices, as installed or from a file; and what it says of one name.

Nothing here asks the network: the package's data are part of it, a file is brought by `sightline prices update`.
"""

import dataclasses
import hashlib
import json
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import cached_property
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from genai_prices.data_snapshot import find_provider_by_id
from genai_prices.types import ModelInfo, ModelPrice, Provider, _providers_from_raw
from genai_prices.units import _get_registry
from genai_prices.validation import validate_model_price

from sightline.errors import SettingsError
from sightline.facts.prices.names import GATEWAYS, MAKERS, PROVIDERS, WITHIN, forms, is_bedrock, plain
from sightline.facts.prices.overrides import as_overrides, override_layer
from sightline.facts.prices.rules import PriceRule, catalogue_rules, ranked, stated_prices
from sightline.money import ExchangeRate, PriceOverride

_MOST_NAMES = 10_000
FILE_NAME = "catalogue.json"
"""In the data directory: the catalogue that is used instead of the package's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the catalogue, as one provider sells it."""

    provider: Provider
    model: ModelInfo

    @property
    def is_its_own(self) -> bool:
        """False where the provider sells another's model at the other's price."""
        return any(self.model is own for own in self.provider.models)


class Catalogue:
    """What models cost: the list of providers, and over it the operator's own prices. Never changes once made."""

    def __init__(
        self, providers: Sequence[Provider], *, overrides: Iterable[PriceOverride] = (), currencies: Sequence[ExchangeRate] = ()
    ) -> None:
        """Raises SettingsError for an override that asks for something the catalogue does not have."""
        self.providers = tuple(providers)
        self._by_id = {provider.id: provider for provider in self.providers}
        self._rules: dict[tuple[str, str | None, str | None, str | None], list[PriceRule]] = {}
        self._said = tuple(overrides)
        self._currencies = tuple(currencies)
        self._overrides = as_overrides(
            self._said, self._currencies, provider_id=self._provider_of_override, rules_same_as=self._rules_same_as
        )

    @classmethod
    def read(
        cls, file: Path | None = None, *, overrides: Iterable[PriceOverride] = (), currencies: Sequence[ExchangeRate] = ()
    ) -> "Catalogue":
        """The catalogue of a file in the library's JSON format, or the installed one. Raises SettingsError that says what is wrong."""
        return cls(_installed() if file is None else _read(file), overrides=overrides, currencies=currencies)

    @classmethod
    def of(cls, data: Path, *, overrides: Iterable[PriceOverride] = (), currencies: Sequence[ExchangeRate] = ()) -> "Catalogue":
        """What a server with this data directory uses: its own file where it has one, else the installed package's."""
        file = data / FILE_NAME
        return cls.read(file if file.exists() else None, overrides=overrides, currencies=currencies)

    @cached_property
    def digest(self) -> str:
        """Names everything that rules depend on: the catalogue's content, the overrides, and the code that makes rules of them."""
        made_of = hashlib.sha256(version("genai-prices").encode())
        made_of.update(as_json(self.providers).encode())
        for said in (*self._said, *self._currencies):
            made_of.update(said.model_dump_json(exclude_unset=True).encode() + b"\n")
        for module in sorted(files("sightline.facts.prices").iterdir(), key=lambda path: path.name):
            if module.name.endswith(".py"):
                made_of.update(module.read_bytes())
        return made_of.hexdigest()[:16]

    def rules(self, kind: str, provider: str | None, model: str | None, request_model: str | None) -> list[PriceRule]:
        """The rules for calls whose spans say this; [] if no price is known.

        For kind `tool`, `model` is the tool's name. The model that answered is looked for first, then the one that was asked for.
        """
        key = (kind, provider, model, request_model)
        if key not in self._rules:
            if len(self._rules) >= _MOST_NAMES:
                self._rules.clear()
            self._rules[key] = self._make(kind, provider, model, request_model)
        return self._rules[key]

    def why_none(self, kind: str, provider: str | None, model: str | None, request_model: str | None) -> str | None:
        """Why `rules` is empty for calls whose spans say this, in a sentence for who can mend it; None if it is not."""
        if self.rules(kind, provider, model, request_model):
            return None
        if kind == "tool":
            return f"no [[prices]] table is for the tool {model!r}"
        names = " or ".join(repr(name) for name in dict.fromkeys((model, request_model)) if name)
        if not names:
            return "no model is named"
        if self.names_a_provider(provider) and self.provider(provider) is None:
            return f"unknown provider {provider!r}: the catalogue does not have it, and no [[prices]] table is for it"
        entry = self.find(provider, model, request_model)
        if entry is not None:
            return f"{price_name(entry)} is in the catalogue without a price of a kind that calls carry"
        return f"unknown model {names}{f' of {provider}' if provider else ''}: neither the catalogue nor a [[prices]] table has it"

    def find(self, provider: str | None, *models: str | None) -> Entry | None:
        """The catalogue's entry for the first of these names that it lists; None if it has none, never a similar one."""
        return next((entry for model in models if model for entry in self._entries(provider, model)), None)

    def provider(self, word: str | None) -> Provider | None:
        """The catalogue's provider for a sender's word; None for a gateway's, an unknown one, or no word."""
        if not word or plain(word) in GATEWAYS:
            return None
        for candidate in (word, *_leading_parts(word)):
            if exact := self._by_id.get(candidate.strip().lower()):
                return exact
            if plain(candidate) in PROVIDERS:
                return self._by_id.get(PROVIDERS[plain(candidate)] or "")
            if exact := self._by_id.get(plain(candidate)):
                return exact
        if "compat" in word.lower():
            return None
        within = next((provider for part, provider in WITHIN.items() if part in word.lower()), None)
        return self._by_id.get(within) if within else find_provider_by_id(list(self.providers), word)

    def extractors(self, provider: Provider) -> Provider:
        """Whose rules read a provider's answers: its own, else the installed package's for it, else OpenAI's, which many speak."""
        installed = {one.id: one for one in _installed()}
        return next(one for one in (provider, installed.get(provider.id), installed["openai"]) if one is not None and one.extractors)

    def names_a_provider(self, word: str | None) -> bool:
        """Whether a word says who served a call, be it someone that the catalogue knows or not."""
        return bool(word) and plain(word or "") not in GATEWAYS

    def _make(self, kind: str, provider: str | None, model: str | None, request_model: str | None) -> list[PriceRule]:
        entry = None if kind == "tool" else self.find(provider, model, request_model)
        base = [] if entry is None else rules_of(entry)
        known = self.provider(provider) or (entry.provider if entry is not None and not self.names_a_provider(provider) else None)
        names = {form for name in (model, request_model) if name for form in forms(name, lambda word: self.provider(word) is not None)}
        layers = [base]
        for override in self._overrides:
            if override.matches(kind, {plain(provider or ""), known.id if known else ""}, names):
                layers.append(override_layer(override, base))
        return ranked(layers)

    def _entries(self, provider: str | None, model: str) -> Iterator[Entry]:
        if self.names_a_provider(provider):
            served_by = self.provider(provider)
            if served_by is not None:
                yield from self._listed(served_by, model)
            return
        prefix, slash, rest = model.partition("/")
        named = self._named(prefix) if slash else None
        if named is not None:
            yield from self._listed(named, rest)
            return
        if is_bedrock(model) and (bedrock := self._by_id.get("aws")):
            yield from self._listed(bedrock, model)
            return
        for form in forms(model, lambda _: False):
            for maker in self.providers:
                if maker.model_match is not None and maker.model_match.is_match(form.lower()):
                    yield from self._listed(maker, form)
                    break
        for maker_id in MAKERS:
            if maker_id in self._by_id:
                yield from self._listed(self._by_id[maker_id], model)

    def _named(self, word: str) -> Provider | None:
        """A provider by its exact name or a word of the table, as they stand before a slash in a model's name."""
        return self._by_id.get(word.lower()) or self._by_id.get(PROVIDERS.get(plain(word)) or "")

    def _listed(self, provider: Provider, model: str) -> Iterator[Entry]:
        for form in forms(model, lambda word: self._named(word) is provider):
            found = provider.find_model(form, all_providers=list(self.providers))
            if found is not None:
                yield Entry(provider, found)

    def _provider_of_override(self, word: str) -> str:
        known = self.provider(word)
        return known.id if known is not None else plain(word)

    def _rules_same_as(self, name: str) -> list[PriceRule]:
        provider, _, model = name.partition("/")
        entry = self.find(provider, model)
        if entry is None:
            raise SettingsError(
                f"same_as = {name!r}: the catalogue has no such model; write it as provider/model, as `sightline prices show` does"
            )
        return rules_of(entry)


def rules_of(entry: Entry) -> list[PriceRule]:
    """The catalogue's rules for one entry, not yet ranked."""
    return catalogue_rules(entry.model, name=price_name(entry), with_variants=entry.is_its_own)


def price_name(entry: Entry) -> str:
    """`openai/gpt-4o`: who sells it, and the catalogue's name for it."""
    return f"{entry.provider.id}/{entry.model.id}"


def as_json(providers: Iterable[Provider]) -> str:
    """The list of providers in the library's JSON format."""
    return json.dumps([_plain(provider) for provider in providers], ensure_ascii=False, separators=(",", ":"))


def write(providers: Iterable[Provider], data: Path) -> Path:
    """Put a list of providers in place as the catalogue of a data directory: whole or not at all."""
    data.mkdir(parents=True, exist_ok=True)
    file, partly = data / FILE_NAME, data / f".{FILE_NAME}.{os.getpid()}"
    with partly.open("w") as out:
        out.write(as_json(providers))
        out.flush()
        os.fsync(out.fileno())
    partly.replace(file)
    return file


@dataclass(frozen=True, slots=True)
class Difference:
    """What another catalogue changes: models that come, go, and whose prices are others."""

    added: int
    removed: int
    changed: int


def difference(before: Catalogue, after: Catalogue) -> Difference:
    """How two catalogues differ, in models as providers sell them."""
    old, new = (
        {(provider.id, model.id): (model.prices, model.price_variants) for provider in catalogue.providers for model in provider.models}
        for catalogue in (before, after)
    )
    return Difference(
        added=len(new.keys() - old.keys()),
        removed=len(old.keys() - new.keys()),
        changed=sum(old[name] != new[name] for name in old.keys() & new.keys()),
    )


def _installed() -> list[Provider]:
    from genai_prices.data import providers

    return providers


def _read(file: Path) -> list[Provider]:
    try:
        raw = json.loads(file.read_bytes(), parse_float=Decimal)
    except OSError as error:
        raise SettingsError(f"The price catalogue {file} can't be read: {error.strerror or error}") from error
    except ValueError as error:
        raise SettingsError(f"The price catalogue {file} is not JSON: {error}") from error
    if not isinstance(raw, list) or not raw:
        raise SettingsError(f"The price catalogue {file} must be a list of providers, as genai-prices publishes it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # kinds of usage that a newer catalogue knows and this library does not
            providers = _providers_from_raw(raw)
    except (ValueError, TypeError) as error:
        raise SettingsError(f"The price catalogue {file} is not a list of providers as genai-prices publishes it: {error}") from error
    for provider in providers:
        for model in provider.models:
            _check(model, f"{file}: {provider.id}/{model.id}")
    return providers


def _check(model: ModelInfo, where: str) -> None:
    """Raise SettingsError for prices that the library would refuse or that make no sense."""
    if not isinstance(model.prices, ModelPrice) and not model.prices:
        raise SettingsError(f"{where} has an empty list of prices: leave the model out, or say {{}} for 'unknown'")
    registry = _get_registry()
    for prices in [model.prices] if isinstance(model.prices, ModelPrice) else [entry.prices for entry in model.prices]:
        stated = stated_prices(prices)
        for key, price in stated.items():
            numbers = [price] if isinstance(price, Decimal) else [price.base, *(tier.price for tier in price.tiers)]
            if any(not number.is_finite() or number < 0 for number in numbers):
                raise SettingsError(f"{where}: {key} is {price}; prices are numbers from 0 on")
        try:
            validate_model_price({key for key in stated if key in registry._all_price_keys}, registry)
        except ValueError as error:
            raise SettingsError(f"{where}: {error}") from error


def _leading_parts(word: str) -> Iterator[str]:
    """`google.vertex.chat` → `google.vertex`, `google`: some write the API behind the provider."""
    while "." in word:
        word = word.rpartition(".")[0]
        yield word


def _plain(value: object) -> Any:
    """JSON of what the library's own reader takes."""
    if isinstance(value, ModelPrice):
        return {key: _plain(price) for key, price in stated_prices(value).items()}
    if dataclasses.is_dataclass(value):
        said = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value) if not field.name.startswith("_"))
        return {name.rstrip("_"): _plain(one) for name, one in said if one is not None}
    if isinstance(value, Decimal):
        number = float(value)
        return number if Decimal(repr(number)) == value else str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
