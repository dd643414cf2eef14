"""`python -m sightline.demo --endpoint http://localhost:4318`: the demo application alone."""

import asyncio
import logging
import signal
from typing import Annotated

import typer

from sightline.demo.traffic import run


def main(
    endpoint: Annotated[str, typer.Option(help="Where to report: an OTLP/HTTP endpoint.")] = "http://localhost:4318",
    rate: Annotated[float, typer.Option(min=0.01, max=100.0, help="Requests a second.")] = 2.0,
    seed: Annotated[int, typer.Option(help="Decides who asks what.")] = 7,
    requests: Annotated[int | None, typer.Option(min=1, help="Stop after so many; without it, go on.")] = None,
) -> None:
    """Run the support assistant and its users until told to stop."""
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        done = await run(endpoint, rate=rate, seed=seed, requests=requests, stop=stop)
        typer.echo(f"demo: {done.requests} requests answered, {done.feedback} rated")

    asyncio.run(until_stopped())


typer.run(main)
