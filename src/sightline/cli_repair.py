"""`sightline reprice` and `sightline refact`: ask a running server to make stored rows again, and say what came of it."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from sightline.errors import SightlineError

_PATIENCE_S = 3600.0


class ServerSaidNoError(SightlineError):
    """The server can't be reached, or refused; the text says which."""


def reprice(url: str, project: str | None, from_: str | None, to: str | None, *, as_json: bool) -> None:
    """Price a window anew and print how much moved, by model."""
    done = _post(url, "/api/v1/economics/reprice", {"project": project, "from": from_, "to": to})
    if as_json:
        print(json.dumps(done))
        return
    table = Table(
        title=f"{done['spans']:,} calls looked at, {done['changed']:,} changed, {done['newly_priced']:,} priced for the first time"
    )
    for name in ("model", "changed", "before USD", "after USD", "moved USD"):
        table.add_column(name, justify="left" if name == "model" else "right")
    for row in done["by_model"]:
        before, after = row["before_usd"] or 0.0, row["after_usd"] or 0.0
        table.add_row(row["model"] or "(none)", f"{row['changed']:,}", f"{before:,.6f}", f"{after:,.6f}", f"{after - before:+,.6f}")
    table.add_section()
    table.add_row("all", f"{done['changed']:,}", f"{done['before_usd']:,.6f}", f"{done['after_usd']:,.6f}", f"{done['moved_usd']:+,.6f}")
    Console().print(table)


def refact(url: str, project: str | None, from_: str | None, to: str | None, *, as_json: bool) -> None:
    """Derive the facts of a window again and print how many spans that were."""
    done = _post(url, "/api/v1/refact", {"project": project, "from": from_, "to": to})
    if as_json:
        print(json.dumps(done))
    else:
        print(
            f"{done['spans']:,} spans derived again, {done['outdated']:,} of them by other sources; facts version {done['facts_version']}"
        )


def _post(url: str, path: str, body: Mapping[str, object]) -> dict[str, Any]:
    said = json.dumps({name: value for name, value in body.items() if value is not None}).encode()
    request = urllib.request.Request(url.rstrip("/") + path, data=said, headers={"content-type": "application/json"})  # noqa: S310 - the user's own URL
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        try:
            text = str(json.loads(text)["error"])
        except (ValueError, KeyError, TypeError):
            text = text[:300]
        raise ServerSaidNoError(f"The server at {url} said no ({error.code}): {text}") from error
    except (OSError, ValueError) as error:
        raise ServerSaidNoError(f"No Sightline server answers at {url} ({error}): start one, or name its address with --url.") from error
