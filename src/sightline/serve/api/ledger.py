"""The ledger: proof that nothing was accepted and thrown away."""

from typing import Annotated

from fastapi import APIRouter, Query

from sightline.query import as_datetime, ledger
from sightline.serve.api.asking import AskerParam, FromParam, ProjectParam, ToParam, scene
from sightline.serve.models import LedgerResponse, LedgerRow

router = APIRouter(tags=["ledger"])

_SECOND_NS = 1_000_000_000


@router.get("/ledger", response_model=LedgerResponse, summary="Read the ledger")
async def get_ledger(
    asker: AskerParam,
    project: ProjectParam = "default",
    from_: FromParam = None,
    to: ToParam = None,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Rows at the most; `total` is of the whole window.")] = 1_440,
) -> LedgerResponse:
    """What arrived by minute, key and signal, newest first: received = stored + duplicate + rejected (by reason)."""
    window = scene(project, from_, to).window
    rows, total = await asker.answer(ledger(asker.reader, project, window, rows=limit))
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
