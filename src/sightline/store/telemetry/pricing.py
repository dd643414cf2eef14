"""What calls cost: names resolved to price rules once, rules applied by the engine.

The table `prices` holds, for every name of a call that was ever seen, the rules that the catalogue and the overrides have for it. A name
that is new is resolved in Python into rows; everything else is SQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any, Protocol

import structlog
from clickhouse_connect.driver.client import Client

from sightline.errors import StoreError
from sightline.facts.prices import RULE_COLUMNS, PriceRule, RevenueRule
from sightline.store.telemetry.engine import guarded

log = structlog.get_logger(__name__)

_STEPS = ("price_calls", "unresolved_names", "update_costs", "update_revenue", "moved", "trace_costs", "update_trace_costs")
_SQL = {name: (files("sightline.store.telemetry") / "sql" / f"{name}.sql").read_text() for name in _STEPS}
_ALL_TIME_NS = 2**62  # 2116
_KEY = ("catalogue", "kind", "provider", "model", "request_model")


class PriceBook(Protocol):
    """Where rules come from: `sightline.facts.prices.Catalogue` is one. Never changes."""

    @property
    def digest(self) -> str:
        """Changes when any rule may have."""

    def rules(self, kind: str, provider: str, model: str, request_model: str) -> Sequence[PriceRule]:
        """The rules for a name as spans say it ('' for what they leave out); empty where no price is known."""


class PriceShelf(Protocol):
    """Where the book in use stands: `sightline.facts.prices.KeptCatalogue` is one."""

    def look_again(self) -> PriceBook:
        """The book in use from now on."""


@dataclass(frozen=True, slots=True)
class Repriced:
    """What pricing a window anew has changed. Sums are weighted, over counted rows."""

    spans: int
    changed: int
    newly_priced: int
    before_usd: float
    after_usd: float
    by_model: Sequence[Mapping[str, Any]]


class Pricer:
    """Keeps `prices` complete and has the engine apply it. Uses the client of whoever settles: one at a time."""

    def __init__(self, client: Client, shelf: PriceShelf, revenue: Sequence[RevenueRule], *, prices_tools: bool) -> None:
        self._client = client
        self._shelf = shelf
        self._book = shelf.look_again()
        self._has_revenue = bool(revenue)
        self._prices_tools = prices_tools
        self.newly_priced = False
        """Whether names that had no price have one by now, and their calls don't."""
        guarded(lambda: self._open(revenue))

    def _open(self, revenue: Sequence[RevenueRule]) -> None:
        self._client.command("TRUNCATE TABLE revenue_rules")
        if revenue:
            rows = [[rank, *(float(v) if isinstance(v, Decimal) else v for v in astuple(rule))] for rank, rule in enumerate(revenue)]
            self._client.insert("revenue_rules", rows, column_names=["rank", *(f.name for f in fields(RevenueRule))])
        self._resolve_again()

    def look_again(self) -> None:
        """Price by another book from now on, if there is one. Raises StoreError; then the next call does it."""
        book = self._shelf.look_again()
        if book.digest != self._book.digest:
            before, self._book = self._book, book
            try:
                guarded(self._resolve_again)
            except StoreError:
                self._book = before
                raise

    def _resolve_again(self) -> None:
        """Names that were resolved by another catalogue are resolved by this one; rows of older ones go when all have been."""
        known = self._client.query(
            "SELECT DISTINCT kind, provider, model, request_model FROM prices WHERE (kind, provider, model, request_model) NOT IN "
            "(SELECT kind, provider, model, request_model FROM prices WHERE catalogue = {catalogue:String})",
            parameters={"catalogue": self._book.digest},
        ).result_rows
        if known:
            log.info("prices_resolved_again", names=len(known))
            self._resolve(known)
        unpriced = (
            "SELECT count() FROM prices WHERE catalogue = {catalogue:String} AND price != '' AND (kind, provider, model, request_model) IN "
            "(SELECT kind, provider, model, request_model FROM prices WHERE catalogue != {catalogue:String} AND price = '')"
        )
        self.newly_priced |= bool(self._client.query(unpriced, parameters={"catalogue": self._book.digest}).result_rows[0][0])
        self._client.command("DELETE FROM prices WHERE catalogue != {catalogue:String}", parameters={"catalogue": self._book.digest})

    def price(self, which: str) -> None:
        """Fill the cost columns, and revenue by list, of the spans that `which` (our own SQL) selects."""
        self._compute(which)
        self._run("update_costs", which)
        if self._has_revenue:
            self._run("update_revenue", which)

    def _compute(self, which: str, parameters: Mapping[str, Any] | None = None) -> None:
        self._client.command("TRUNCATE TABLE settling_costs")
        names = self._client.query(
            _SQL["unresolved_names"].replace("{{which}}", which),
            parameters={"catalogue": self._book.digest, "tools": self._prices_tools, **(parameters or {})},
        ).result_rows
        if names:
            self._resolve(names)
        self._run("price_calls", which, parameters)

    def _run(self, name: str, which: str, parameters: Mapping[str, Any] | None = None) -> None:
        self._client.command(_SQL[name].replace("{{which}}", which), parameters={"catalogue": self._book.digest, **(parameters or {})})

    def _resolve(self, names: Sequence[Sequence[str]]) -> None:
        resolved = datetime.now(UTC)
        rows = [[self._book.digest, *name, *rule.row(), resolved] for name in names for rule in (self._book.rules(*name) or [PriceRule()])]
        self._client.insert("prices", rows, column_names=[*_KEY, *RULE_COLUMNS, "resolved"])

    def price_the_unpriced(self) -> Repriced:
        """Price what had no price when it was settled, whenever that was."""
        done = self.reprice(None, 0, _ALL_TIME_NS, only_unpriced=True)
        self.newly_priced = False
        return done

    def reprice(self, project: str | None, from_ns: int, to_ns: int, *, only_unpriced: bool = False) -> Repriced:
        """Price a window's spans anew; one statement changes them all. Requests' sums follow in the next."""
        which = (
            "start >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC') AND start < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')"
            " AND settled AND ({project:String} = '' OR project = {project:String})"
        )
        window = {"project": project or "", "from_ns": from_ns, "to_ns": to_ns}
        calls = f"{which} AND cost_usd IS NULL" if only_unpriced else which
        return guarded(lambda: self._reprice(calls, which, window))

    def _reprice(self, which: str, near: str, window: Mapping[str, Any]) -> Repriced:
        self._compute(which, window)
        moved = self._client.query(_SQL["moved"].replace("{{which}}", which), parameters=dict(window))
        by_model = [dict(zip(moved.column_names, row, strict=True)) for row in moved.result_rows]
        self._run("update_costs", which, window)
        self._client.command("TRUNCATE TABLE settling_trace_costs")
        self._run("trace_costs", near, window)
        self._run("update_trace_costs", near, window)
        return Repriced(
            spans=sum(row["spans"] for row in by_model),
            changed=sum(row["changed"] for row in by_model),
            newly_priced=sum(row["newly_priced"] for row in by_model),
            before_usd=sum(row["before_usd"] or 0.0 for row in by_model),
            after_usd=sum(row["after_usd"] or 0.0 for row in by_model),
            by_model=by_model,
        )
