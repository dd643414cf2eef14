"""What can be asked about: facts, their values, attribute keys. Feeds the completion of the filter."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from sightline.query import SPAN_FIELDS, TRACE_FIELDS, TRACE_ONLY, Field, attribute_keys, values_seen
from sightline.serve.api.asking import AskerParam, ProjectParam
from sightline.serve.models import AttributeKeys, FactInfo, FactsResponse, ValuesResponse

router = APIRouter(tags=["facts"])

PrefixParam = Annotated[str, Query(max_length=1_000, description="Only what begins so.")]
LimitParam = Annotated[int, Query(ge=1, le=1_000)]


@router.get("/facts", response_model=FactsResponse, summary="List facts")
async def get_facts() -> FactsResponse:
    """Every name that filters, groups and measures can use; those of the group `trace` only a trace has."""
    trace_only = [field for name, field in TRACE_FIELDS.items() if name in TRACE_ONLY]
    return FactsResponse(facts=[_info(field) for field in [*SPAN_FIELDS.values(), *trace_only]])


def _info(field: Field) -> FactInfo:
    return FactInfo(
        name=field.name,
        type=field.type,
        unit=field.unit,
        group=field.group,
        meaning=field.meaning,
        values=list(field.words) or (["true", "false"] if field.type == "boolean" else None),
    )


@router.get("/facts/{name:path}/values", response_model=ValuesResponse, summary="List a fact's values")
async def get_values(
    asker: AskerParam,
    name: Annotated[str, Path(max_length=1_000, description="A fact, attributes['…'] or resource['…'].", examples=["model"])],
    project: ProjectParam = "default",
    prefix: PrefixParam = "",
    limit: LimitParam = 20,
) -> ValuesResponse:
    """Values seen lately, most frequent first."""
    return ValuesResponse(values=await asker.answer(values_seen(asker.reader, project, name, prefix=prefix, rows=limit)))


@router.get("/attributes", response_model=AttributeKeys, summary="List attribute keys")
async def get_attributes(
    asker: AskerParam, project: ProjectParam = "default", prefix: PrefixParam = "", limit: LimitParam = 200
) -> AttributeKeys:
    """Keys of attributes seen lately, most frequent first."""
    return AttributeKeys(keys=await asker.answer(attribute_keys(asker.reader, project, prefix=prefix, rows=limit)))
