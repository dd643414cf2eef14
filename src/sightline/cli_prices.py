"""`sightline price` and `sightline prices`: what responses cost, what models cost, and where the catalogue comes from. No network."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from sightline.errors import SettingsError
from sightline.settings import Settings

if TYPE_CHECKING:
    from sightline.facts.prices import Catalogue, PricedResponse, PriceRule


def price_file(settings: Settings, file: Path, *, catalogue: Path | None, as_json: bool) -> None:
    """Print what every line of a file used and cost. Raises SettingsError for a catalogue and OSError for a file that can't be read."""
    prices = _catalogue(settings, catalogue)
    with file.open("rb") as lines:
        answers = _answers(prices, lines)
        if as_json:
            for answer in answers:
                print(json.dumps(answer.as_dict(), ensure_ascii=False))
        else:
            _console().print(_table_of_answers(list(answers)))


def update(settings: Settings, file: Path | None) -> None:
    """Make a file's catalogue, or the installed package's, the one of the data directory; print what that changes."""
    from sightline.facts.prices import Catalogue, difference, write

    new, old = Catalogue.read(file), Catalogue.of(settings.data)
    changes = difference(old, new)
    written = write(new.providers, settings.data)
    models = sum(len(provider.models) for provider in new.providers)
    print(
        f"{written}: {models:,} models of {len(new.providers)} providers;"
        f" {changes.added:,} new, {changes.removed:,} gone, {changes.changed:,} with other prices"
    )


def show(settings: Settings, model: str, *, provider: str | None, at: str | None, kind: str) -> None:
    """Print the rules for a name as spans say it. Raises SettingsError if it has none."""
    catalogue = _catalogue(settings, None)
    rules = catalogue.rules(kind, provider, model, None)
    if not rules:
        raise SettingsError(f"no price for {model!r}: {catalogue.why_none(kind, provider, model, None)}")
    moment = None if at is None else _moment(at)
    holding = [rule for rule in rules if moment is None or _on(rule, moment)]
    _console().print(_table_of_rules(holding))


def _catalogue(settings: Settings, file: Path | None) -> "Catalogue":
    from sightline.facts.prices import Catalogue

    if file is not None:
        return Catalogue.read(file, overrides=settings.prices, currencies=settings.currencies)
    return Catalogue.of(settings.data, overrides=settings.prices, currencies=settings.currencies)


def _answers(prices: "Catalogue", lines: Iterable[bytes]) -> Iterator["PricedResponse"]:
    from sightline.facts.prices import PricedResponse, price_response

    now = datetime.now(UTC)
    for number, line in enumerate(lines, start=1):
        try:
            said = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield PricedResponse(line=number, reason=f"not JSON: {error}")
            continue
        yield price_response(prices, said, now=now, line=number)


def _moment(at: str) -> datetime:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise SettingsError(f"--at {at!r} can't be read: write 2026-11-25 or 2026-11-25T10:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _on(rule: "PriceRule", at: datetime) -> bool:
    return rule.valid_from <= at < rule.valid_to


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=160)


_TOKENS = {"input_tokens": "input", "cache_read_tokens": "cached", "cache_write_tokens": "written", "output_tokens": "output"}
_USD = {"input_cost_usd": "input USD", "output_cost_usd": "output USD", "cost_usd": "cost USD"}


def _table_of_answers(answers: list["PricedResponse"]) -> Table:
    table = Table(show_footer=True)
    priced = sum(answer.cost_usd is not None for answer in answers)
    table.add_column("line", justify="right")
    table.add_column("provider")
    table.add_column("model", overflow="fold")
    for name, title in _TOKENS.items():
        table.add_column(title, _count(_sum(answers, name)), justify="right")
    for name, title in _USD.items():
        table.add_column(title, _money(_sum(answers, name)), justify="right")
    table.add_column("price, or why there is none", f"{priced:,} of {len(answers):,} priced", overflow="fold")
    for answer in answers:
        table.add_row(
            str(answer.line),
            answer.provider,
            answer.model,
            *(_count(getattr(answer, name)) for name in _TOKENS),
            *(_money(getattr(answer, name)) for name in _USD),
            answer.reason or str((answer.price or {})["name"]),
        )
    return table


def _sum(answers: list["PricedResponse"], name: str) -> Any:
    known = [value for answer in answers if (value := getattr(answer, name)) is not None]
    return sum(known) if known else None


def _table_of_rules(rules: list["PriceRule"]) -> Table:
    from sightline.facts.prices import PRICE_COLUMNS

    used = [column for column in PRICE_COLUMNS if any(getattr(rule, column) is not None for rule in rules)]
    table = Table(caption="US dollars: of a million tokens, of one request, search or second", caption_justify="left")
    for title in ("price", "service tier", "from", "to", "UTC", "above tokens"):
        table.add_column(title)
    for column in used:
        table.add_column(column.removesuffix("_usd").replace("_", " "), justify="right")
    for rule in sorted(rules, key=lambda rule: (-rule.rank, rule.valid_from, rule.day_from_s)):
        table.add_row(
            rule.price,
            rule.service_tier,
            _day(rule.valid_from),
            _day(rule.valid_to),
            "" if (rule.day_from_s, rule.day_to_s) == (0, 86_400) else f"{_clock(rule.day_from_s)}–{_clock(rule.day_to_s)}",
            "" if rule.above_tokens < 0 else f"{rule.above_tokens:,}",
            *(_unit_price(rule, column) for column in used),
        )
    return table


def _unit_price(rule: "PriceRule", column: str) -> str:
    price = getattr(rule, column)
    if price is None:
        return ""
    whole = price if column in ("request_usd", "web_search_usd", "second_usd") else price * 1_000_000
    return f"{float(whole):.6g}"


def _day(at: datetime) -> str:
    from sightline.money import OPEN_FROM, OPEN_TO

    return "" if at in (OPEN_FROM, OPEN_TO) else at.strftime("%Y-%m-%d" if at.hour == at.minute == 0 else "%Y-%m-%d %H:%M")


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"


def _count(tokens: int | None) -> str:
    return "" if tokens is None else f"{tokens:,}"


def _money(usd: float | None) -> str:
    return "" if usd is None else f"{usd:.6f}"
