"""The ledger: proof that nothing was accepted and thrown away."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from sightline.query import as_datetime, ledger, rfc3339
from sightline.serve.api.asking import AskerParam, FromParam, ProjectParam, ToParam, scene
from sightline.serve.api.downloads import DOWNLOADS, Column, FormatParam, download
from sightline.serve.models import LedgerResponse, LedgerRow

router = APIRouter(tags=["ledger"])

_SECOND_NS = 1_000_000_000
_COLUMNS = [
    Column("minute", "time"),
    *(Column(name, "string") for name in ("project", "key", "signal")),
    *(Column(name, "integer") for name in ("received", "stored", "duplicate", "rejected")),
    Column("reasons", "json"),
]


@router.get("/ledger", response_model=LedgerResponse, responses=DOWNLOADS, summary="Read the ledger")
async def get_ledger(
    asker: AskerParam,
    project: ProjectParam = "default",
    from_: FromParam = None,
    to: ToParam = None,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Rows at the most; `total` is of the whole window.")] = 1_440,
    format: FormatParam = "json",  # noqa: A002 - the API's word
) -> LedgerResponse | Response:
    """What arrived by minute, key and signal, newest first: received = stored + duplicate + rejected (by reason)."""
    window = scene(project, from_, to).window
    rows, total = await asker.answer(ledger(asker.reader, project, window, rows=limit))
    if format != "json":
        table = [{**row, "minute": rfc3339(row["minute_s"] * _SECOND_NS), "reasons": dict(row["reasons"])} for row in rows]
        return await asker.answer(download(asker.reader, table, _COLUMNS, format, f"ledger-{project}"))
    return LedgerResponse(
        rows=[
            LedgerRow(
                minute=as_datetime(row["minute_s"] * _SECOND_NS),
                project=row["project"],
                key=row["key"],
                signal=row["signal"],
                received=row["received"],
                stored=row["stored"],
                duplicate=row["duplicate"],
                rejected=row["rejected"],
                reasons=dict(row["reasons"]),
            )
            for row in rows
        ],
        total=total,
    )
