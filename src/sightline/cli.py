"""The command `sightline`."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from sightline import __version__
from sightline.errors import SightlineError
from sightline.settings import Settings, read_settings

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Observability for production GenAI systems."
)
_err = Console(stderr=True, highlight=False)


def _option(field: str, flag: str) -> Any:
    """A command line option read off its setting; not given, the environment, the file or the default decide."""
    info = Settings.model_fields[field]
    default = "" if info.default is None else f" \\[default: {info.default}]"
    return typer.Option(flag, help=f"{info.description}{default} ($SIGHTLINE_{field.upper()})", show_default=False)


@app.callback(invoke_without_command=True)
def _main(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def serve(
    data: Annotated[Path | None, _option("data", "--data")] = None,
    host: Annotated[str | None, _option("host", "--host")] = None,
    port: Annotated[int | None, _option("port", "--port")] = None,
    grpc_port: Annotated[int | None, _option("grpc_port", "--grpc-port")] = None,
    store: Annotated[str | None, _option("store", "--store")] = None,
    config: Annotated[str | None, _option("config", "--config")] = None,
    log_level: Annotated[str | None, _option("log_level", "--log-level")] = None,
) -> None:
    """Receive OTLP, store it, answer questions about it."""
    settings = _settings(data=data, host=host, port=port, grpc_port=grpc_port, store=store, config=config, log_level=log_level)
    _run(settings, lambda listening: _announce(settings, listening))


@app.command()
def demo(
    data: Annotated[Path | None, _option("data", "--data")] = None,
    host: Annotated[str | None, _option("host", "--host")] = None,
    port: Annotated[int | None, _option("port", "--port")] = None,
    grpc_port: Annotated[int | None, _option("grpc_port", "--grpc-port")] = None,
    rate: Annotated[float, typer.Option("--rate", min=0.01, max=100.0, help="Requests a second that its users make.")] = 2.0,
    seed: Annotated[int, typer.Option("--seed", help="Decides who asks what.")] = 7,
) -> None:
    """A server, and a support assistant with real traffic that reports to it."""
    from sightline.demo import traffic_beside

    settings = _settings(data=data or Path("sightline-demo-data"), host=host, port=port, grpc_port=grpc_port)
    with traffic_beside(rate=rate, seed=seed) as start_traffic:

        def started(listening: Any) -> None:
            _announce(settings, listening)
            start_traffic(listening.url)

        _run(settings, started)


def _settings(**said: object) -> Settings:
    try:
        return read_settings(**said)
    except SightlineError as error:
        _fail(str(error))


def _announce(settings: Settings, listening: Any) -> None:
    grpc = f", gRPC on port {listening.grpc_port}" if listening.grpc_port else ""
    typer.echo(f"Sightline {__version__} answers on {listening.url}{grpc}; data in {settings.data}")
    sys.stdout.flush()


def _run(settings: Settings, started: Callable[[Any], None]) -> None:
    import uvloop

    from sightline.serve.app import serve as run_server
    from sightline.serve.logging import configure_logging

    configure_logging(settings.log_level)
    try:
        uvloop.run(run_server(settings, started=started))
    except (SightlineError, OSError) as error:
        _fail(str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(130) from None


def _fail(message: str) -> NoReturn:
    _err.print("sightline:", message, markup=False, soft_wrap=True)
    raise typer.Exit(1)


def main() -> None:
    """Entry point."""
    app()
