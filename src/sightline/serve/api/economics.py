"""Economics: where the money went, what came back for it, and what of it was for nothing."""

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from sightline.measure import economics
from sightline.measure.economics import Asked
from sightline.query import Filter, parse_width
from sightline.serve.api.answers import answer
from sightline.serve.api.asking import MAX_FILTER_CHARS, Asker, AskerParam, FromParam, ProjectParam, ToParam, scene
from sightline.serve.api.downloads import DOWNLOADS, Format, FormatParam, download_models
from sightline.serve.economics_models import (
    CacheGroup,
    CacheResponse,
    Driver,
    MarginGroup,
    MarginResponse,
    MarginWhyResponse,
    Prefix,
    PrefixesResponse,
    Price,
    PricesResponse,
    SpendGroup,
    SpendResponse,
    UnpricedModel,
    UnpricedResponse,
    WasteKind,
    WasteResponse,
    WhatIfModel,
    WhatIfResponse,
)

router = APIRouter(prefix="/economics", tags=["economics"])

GroupByParam = Annotated[
    list[str] | None,
    Query(max_length=5, description="A fact, attributes['…'] or resource['…']; may be repeated.", examples=[["tenant"]]),
]
IntervalParam = Annotated[str | None, Query(max_length=20, description="A width of time like 5m, 1h or 1d; fits the window if left out.")]
MOST_GROUPS = 10_000
LimitParam = Annotated[
    int, Query(ge=1, le=MOST_GROUPS, description="Groups at the most, those with most money; `more_groups` says how many others there are.")
]
LifetimeParam = Annotated[str, Query(max_length=20, description="How long a cached prefix lives unused.", examples=["5m", "1h"])]


@dataclass(frozen=True, slots=True)
class MoneyParams:
    """What every question of money takes."""

    project: ProjectParam = "default"
    from_: FromParam = None
    to: ToParam = None
    filter: Annotated[
        str,
        Query(max_length=MAX_FILTER_CHARS, description="See docs/filter-language.md; asked of spans.", examples=["environment = 'prod'"]),
    ] = ""

    def asked(self, group_by: list[str] | None = None) -> Asked:
        """Raises BadTimeError and BadFilterError."""
        return Asked(scene(self.project, self.from_, self.to), Filter.parse(self.filter), group_by or [])


MoneyParamsDep = Annotated[MoneyParams, Depends(MoneyParams)]


def catalogue_of(request: Request) -> economics.Catalogue | None:
    """The house's price catalogue, for models that no span has named."""
    kept = getattr(request.state, "catalogue", None)
    found: economics.Catalogue | None = kept and kept.current
    return found


CatalogueDep = Annotated[Any, Depends(catalogue_of)]


@router.get("/spend", response_model=SpendResponse, responses=DOWNLOADS, summary="Spend")
async def get_spend(
    asker: AskerParam,
    params: MoneyParamsDep,
    group_by: GroupByParam = None,
    interval: IntervalParam = None,
    limit: LimitParam = 20,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """What was spent: in all, per request and session, over time, and by groups, each against the window before.

    The movers are the groups by the size of `change_usd`.
    """
    return await _answered(
        asker,
        economics.spend(asker.reader, params.asked(group_by), interval=interval, limit=limit),
        format,
        "spend",
        "groups",
        SpendGroup,
        group_by=group_by or [],
    )


@router.get("/cache", response_model=CacheResponse, responses=DOWNLOADS, summary="Caches")
async def get_cache(
    asker: AskerParam,
    params: MoneyParamsDep,
    group_by: GroupByParam = None,
    interval: IntervalParam = None,
    lifetime: LifetimeParam = "1h",
    limit: LimitParam = 20,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """What the providers' prompt caches and the application's own cache saved, and what was spent on writes that nobody read."""
    asked = params.asked(["model"] if group_by is None else group_by)
    work = economics.cache(asker.reader, asked, interval=interval, lifetime_ns=parse_width(lifetime), limit=limit)
    return await _answered(asker, work, format, "cache", "provider_groups", CacheGroup, group_by=asked.group_by)


@router.get("/cache/prefixes", response_model=PrefixesResponse, responses=DOWNLOADS, summary="Find avoidable cache misses")
async def get_prefixes(
    asker: AskerParam,
    params: MoneyParamsDep,
    lifetime: LifetimeParam = "1h",
    min_tokens: Annotated[int, Query(ge=0, le=1_000_000, description="Shorter prefixes do not count.")] = 1_024,
    calls: Annotated[int, Query(ge=1, le=100_000, description="The newest calls that are compared.")] = 20_000,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """Prompt prefixes that were seen before and not read from the provider's cache, found in the stored content."""
    work = economics.prefixes(asker.reader, params.asked(), lifetime_ns=parse_width(lifetime), min_tokens=min_tokens, calls=calls)
    return await _answered(asker, work, format, "prefixes", "prefixes", Prefix)


@router.get("/margin", response_model=MarginResponse, responses=DOWNLOADS, summary="Margins")
async def get_margin(
    asker: AskerParam,
    params: MoneyParamsDep,
    group_by: GroupByParam = None,
    limit: LimitParam = 50,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """What requests earned and cost by groups, the worst margin first. The filter selects requests: one of their spans satisfies it.

    A request belongs to the group of its root; where the root does not know, to that of its dearest span which does.
    """
    asked = params.asked(["tenant"] if group_by is None else group_by)
    return await _answered(
        asker, economics.margin(asker.reader, asked, limit=limit), format, "margin", "groups", MarginGroup, group_by=asked.group_by
    )


@router.get("/margin/why", response_model=MarginWhyResponse, responses=DOWNLOADS, summary="Explain a margin")
async def get_margin_why(
    asker: AskerParam,
    params: MoneyParamsDep,
    group_by: Annotated[str, Query(max_length=1_000, description="The fact that divides the group from the others.")] = "tenant",
    value: Annotated[str | None, Query(max_length=2_000, description="The group; left out: those of which the fact is unknown.")] = None,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """What a group's requests spend more on than all others: correlation, to look at and not to believe."""
    return await _answered(asker, economics.why(asker.reader, params.asked([group_by]), value), format, "margin_why", "drivers", Driver)


@router.get("/waste", response_model=WasteResponse, responses=DOWNLOADS, summary="Find waste")
async def get_waste(asker: AskerParam, params: MoneyParamsDep, format: FormatParam = "json") -> Response:  # noqa: A002 - the API's word
    """Money that bought nothing, by kinds; each with how it was found and the dearest traces. No call is counted twice in the sum."""
    return await _answered(asker, economics.waste(asker.reader, params.asked()), format, "waste", "kinds", WasteKind)


@router.get("/what-if", response_model=WhatIfResponse, responses=DOWNLOADS, summary="Ask what if")
async def get_what_if(
    asker: AskerParam,
    params: MoneyParamsDep,
    catalogue: CatalogueDep,
    model: Annotated[str, Query(max_length=500, description="Another model for all LLM calls.", examples=["gpt-4o-mini"])] = "",
    provider: Annotated[str, Query(max_length=200, description="Its provider, where several sell it.")] = "",
    caching: Annotated[bool, Query(description="Read what was seen before from the provider's cache.")] = False,
    service_tier: Annotated[str, Query(max_length=100, description="Another tier of service.", examples=["batch"])] = "",
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """What the same calls would have cost, from their own token counts; `assumptions` says what that takes for granted."""
    work = economics.what_if(
        asker.reader, params.asked(), model=model, provider=provider, caching=caching, service_tier=service_tier, catalogue=catalogue
    )
    return await _answered(asker, work, format, "what_if", "by", WhatIfModel)


@router.get("/unpriced", response_model=UnpricedResponse, responses=DOWNLOADS, summary="List what has no price")
async def get_unpriced(asker: AskerParam, params: MoneyParamsDep, format: FormatParam = "json") -> Response:  # noqa: A002 - the API's word
    """Models in use without a price, and calls that said nothing of their usage, busiest first."""
    return await _answered(asker, economics.unpriced(asker.reader, params.asked()), format, "unpriced", "models", UnpricedModel)


@router.get("/prices", response_model=PricesResponse, responses=DOWNLOADS, summary="List prices")
async def get_prices(
    asker: AskerParam,
    search: Annotated[str, Query(max_length=200, description="In a provider's, model's or price's name.")] = "",
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> Response:
    """The newest catalogue's rules for the models that spans have named."""
    return await _answered(asker, economics.prices(asker.reader, search=search), format, "prices", "prices", Price)


async def _answered(
    asker: Asker,
    work: Coroutine[Any, Any, Mapping[str, Any]],
    format: Format,  # noqa: A002 - the API's word
    name: str,
    part: str,
    model: type[BaseModel],
    *,
    group_by: Sequence[str] = (),
) -> Response:
    """The whole answer as JSON, or its table, which is `part` of it, as a file."""
    found = await asker.answer(work)
    if format == "json":
        return answer(found)
    file = await asker.answer(download_models(asker.reader, found[part], model, format, name.replace("_", "-"), group_by=group_by))
    if "more_groups" in found:
        file.headers["x-more-groups"] = str(found["more_groups"])
    return file
