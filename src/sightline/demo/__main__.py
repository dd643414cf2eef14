"""`python -m sightline.demo --endpoint http://localhost:4318`: the demo application alone."""

import asyncio
import logging
import signal
from contextlib import AsyncExitStack
from typing import Annotated

import typer

from sightline.demo.faults import FAULTS, Switchboard, UnknownFaultError
from sightline.demo.provider import Provider
from sightline.demo.traffic import run, switches


def main(
    endpoint: Annotated[str, typer.Option(help="Where to report: an OTLP/HTTP endpoint.")] = "http://localhost:4318",
    rate: Annotated[float, typer.Option(min=0.01, max=100.0, help="Requests a second.")] = 2.0,
    seed: Annotated[int, typer.Option(help="Decides who asks what.")] = 7,
    requests: Annotated[int | None, typer.Option(min=1, help="Stop after so many; without it, go on.")] = None,
    fault: Annotated[list[str] | None, typer.Option(help=f"Broken from the start: {', '.join(FAULTS)}; may be repeated.")] = None,
    provider_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the provider's stand-in; a free one if it is taken.")] = 0,
    judges: Annotated[bool, typer.Option(help="Offer the server a judge of the answers.")] = False,
    faults_port: Annotated[int, typer.Option(min=-1, max=65535, help="Port of the fault switches; 0: a free one, -1: none.")] = 0,
) -> None:
    """Run the support assistant and its users until told to stop."""
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)
    try:
        board = Switchboard(fault or ())
    except UnknownFaultError as error:
        raise typer.BadParameter(str(error), param_hint="--fault") from error

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        async with AsyncExitStack() as stack:
            if faults_port >= 0:
                try:
                    url = await stack.enter_async_context(switches(board, faults_port))
                    typer.echo(f"demo: faults are switched at {url}")
                except OSError as error:
                    typer.echo(f"demo: no fault switches: port {faults_port} can't be used ({error.strerror})", err=True)
            done = await run(
                endpoint,
                rate=rate,
                seed=seed,
                requests=requests,
                stop=stop,
                provider=Provider(seed, faults=board),
                provider_port=provider_port,
                judges=judges,
            )
        typer.echo(f"demo: {done.requests} requests answered, {done.feedback} rated")

    asyncio.run(until_stopped())


typer.run(main)
