"""The command `sightline`."""

import asyncio
import sys
from collections.abc import Callable
from enum import StrEnum
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
prices_app = typer.Typer(no_args_is_help=True, help="The catalogue of prices.")
app.add_typer(prices_app, name="prices")
_err = Console(stderr=True, highlight=False)


class Direction(StrEnum):
    """Which way a measure moved."""

    ANY = "any"
    UP = "up"
    DOWN = "down"


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
    rate: Annotated[
        float,
        typer.Option("--rate", envvar="SIGHTLINE_DEMO_RATE", min=0.01, max=100.0, help="Requests a second that its users make."),
    ] = 2.0,
    seed: Annotated[int, typer.Option("--seed", envvar="SIGHTLINE_DEMO_SEED", help="Decides who asks what.")] = 7,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault",
            envvar="SIGHTLINE_DEMO_FAULT",
            help="Broken from the start: slow-region, 429-storm, broken-tool, timeouts; may be repeated.",
            show_default=False,
        ),
    ] = None,
    faults_port: Annotated[
        int,
        typer.Option(
            "--faults-port",
            envvar="SIGHTLINE_DEMO_FAULTS_PORT",
            min=-1,
            max=65535,
            help="Port of a page on which faults are switched; 0: a free one, -1: none.",
        ),
    ] = 4320,
    provider_port: Annotated[
        int,
        typer.Option(
            "--provider-port",
            envvar="SIGHTLINE_DEMO_PROVIDER_PORT",
            min=0,
            max=65535,
            help="Port of the models' stand-in; a free one if it is taken.",
        ),
    ] = 4321,
) -> None:
    """A server, a support assistant with real traffic that reports to it, and a worker that judges its answers once you switch that on."""
    from sightline.demo import traffic_beside
    from sightline.demo.faults import Switchboard, UnknownFaultError

    try:
        Switchboard(fault or ())
    except UnknownFaultError as error:
        _fail(str(error))
    settings = _settings(data=data, host=host, port=port, grpc_port=grpc_port)
    if "data" not in settings.model_fields_set:  # nobody said where: not among a server's own data
        settings = settings.model_copy(update={"data": Path("sightline-demo-data")})
    with traffic_beside(
        rate=rate, seed=seed, faults=fault or (), faults_port=faults_port, provider_port=provider_port, judging=True
    ) as start_traffic:

        def started(listening: Any) -> None:
            _announce(settings, listening)
            start_traffic(listening.url)

        _run(settings, started)


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}, add_help_option=False)
def run(
    program: Annotated[
        list[str] | None, typer.Argument(help="app.py, -m module, or a command, with its arguments.", show_default=False)
    ] = None,
) -> None:
    """A program of yours, traced without a change to it: sightline run app.py. Its options stand before it: --url, --project, --service."""
    from sightline.sdk._run import main as become

    raise typer.Exit(become(program or []))


@app.command()
def worker(
    url: Annotated[str, typer.Option("--url", envvar="SIGHTLINE_URL", help="The running server.")] = "http://localhost:4318",
    judges: Annotated[
        list[str] | None,
        typer.Option("--judges", help="Only this judge, by name or id; may be repeated. All of them without.", show_default=False),
    ] = None,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=500, help="Calls under way at once.")] = 16,
    share: Annotated[str, typer.Option("--share", help="i/n: of n hash ranges of the targets the i-th, from 1.")] = "1/1",
    traces: Annotated[bool, typer.Option("--traces/--no-traces", help="Send its own calls as traces to <project>-judges.")] = True,
    log_level: Annotated[str, typer.Option("--log-level", help="debug, info, warning or error.")] = "info",
) -> None:
    """Judge what the judges of a running server owe. Start as many as you like; any of them may be killed."""
    from sightline.cli_worker import work

    try:
        work(url, judges=judges, concurrency=concurrency, share=share, traces=traces, log_level=log_level)
    except SightlineError as error:
        _fail(str(error))


@app.command()
def price(
    file: Annotated[Path, typer.Argument(help="Lines of JSON: provider, api_flavor, model, at, service_tier, body.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each line, instead of a table.")] = False,
    catalogue: Annotated[Path | None, typer.Option("--catalogue", help="Another catalogue, in genai-prices' JSON format.")] = None,
    data: Annotated[Path | None, _option("data", "--data")] = None,
) -> None:
    """What providers' responses used and cost. Asks no server and no network."""
    from sightline.cli_prices import price_file

    settings = _settings(data=data)
    try:
        price_file(settings, file, catalogue=catalogue, as_json=as_json)
    except (SightlineError, OSError) as error:
        _fail(str(error))


@app.command()
def explain(
    file: Annotated[Path, typer.Argument(help="A table: Parquet, CSV, TSV or JSON lines, also .gz.", show_default=False)],
    reference: Annotated[
        str, typer.Option("--reference", help="A filter of the rows before, of the table's own columns.", show_default=False)
    ],
    changed: Annotated[str, typer.Option("--changed", help="A filter of the rows after.", show_default=False)],
    measure: Annotated[
        str, typer.Option("--measure", help="mean(c), share(filter), p95(c); of cells: sum(value)/sum(cnt).", show_default=False)
    ],
    by: Annotated[str | None, typer.Option("--by", help="The dimensions, with commas; all that look like one without.")] = None,
    where: Annotated[str, typer.Option("--where", help="A filter that all rows must satisfy.")] = "",
    probability: Annotated[
        str | None, typer.Option("--probability", help="A column with p of a row having got into the sample: it weighs 1/p.")
    ] = None,
    time: Annotated[str | None, typer.Option("--time", help="The column with the time; the only one of that type without.")] = None,
    direction: Annotated[Direction, typer.Option("--direction", help="Look for rises or falls only.")] = Direction.ANY,
    anchors: Annotated[Path | None, typer.Option("--anchors", help="A table of re-judged anchors: item, judge_pass, the time.")] = None,
    vectors: Annotated[Path | None, typer.Option("--vectors", help="A table of embeddings: columns of floats, the time.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, instead of a table.")] = False,
) -> None:
    """Where a measure differs most between two sets of a table's rows: hypotheses, best first. Asks no server and no network."""
    from sightline.cli_explain import explain_file
    from sightline.insight.asking import Question

    names = tuple(name.strip() for name in (by or "").split(",") if name.strip())
    question = Question(reference, changed, measure, by=names, where=where, probability=probability, time=time)
    try:
        explain_file(file, question, direction=direction.value, anchors=anchors, vectors=vectors, as_json=as_json)
    except (SightlineError, OSError) as error:
        _fail(str(error))


@app.command()
def backtest(
    file: Annotated[Path, typer.Argument(help="A table of requests or of plain values, as for explain.", show_default=False)],
    time: Annotated[str, typer.Option("--time", help="The column with the time: a date, or seconds since 1970.")] = "ts",
    measure: Annotated[
        list[str] | None, typer.Option("--measure", help="Watch this too: mean(c), share(filter), p95(c); may be repeated.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="The dimensions, with commas; all columns of words without.")] = None,
    value: Annotated[str | None, typer.Option("--value", help="Of plain series: the column with the values.")] = None,
    series: Annotated[str | None, typer.Option("--series", help="Of plain series: the column that says which.")] = None,
    learn_days: Annotated[int, typer.Option("--learn-days", min=1, help="Days to learn from before anything is raised.")] = 14,
    budget: Annotated[float, typer.Option("--budget", min=0.001, help="False alarms a week, over everything watched.")] = 0.5,
    anchors: Annotated[Path | None, typer.Option("--anchors", help="A table of re-judged anchors: item, judge_pass, the time.")] = None,
    vectors: Annotated[Path | None, typer.Option("--vectors", help="A table of embeddings: columns of floats, the time.")] = None,
    config: Annotated[Path | None, typer.Option("--config", help="A TOML file: by, measures, learn_days, budget.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, instead of a table.")] = False,
) -> None:
    """Replay a table hour by hour: what would have been raised, and when. Asks no server and no network."""
    from sightline.cli_backtest import backtest_file
    from sightline.insight.replay import Replay

    names = tuple(name.strip() for name in (by or "").split(",") if name.strip())
    asked = Replay(time, names, tuple(measure or ()), learn_days, budget, anchors, vectors)
    try:
        backtest_file(file, asked, value=value, series=series, config=config, as_json=as_json)
    except (SightlineError, OSError) as error:
        _fail(str(error))


@app.command()
def calibrate(
    file: Annotated[Path, typer.Argument(help="A table of verdicts: CSV with a header, or .csv.gz.", show_default=False)],
    judge: Annotated[str, typer.Option("--judge", help="The column with the judge's verdicts or scores.", show_default=False)],
    human: Annotated[str, typer.Option("--human", help="The column with people's; empty where nobody looked.", show_default=False)],
    segment: Annotated[str | None, typer.Option("--segment", help="A column to say everything by: model, task …")] = None,
    passing: Annotated[
        str | None, typer.Option("--pass", help="The values that count as passed, where they are words: yes,ok. The rest has failed.")
    ] = None,
    swapped: Annotated[
        str | None, typer.Option("--swapped", help="Of a judge of pairs: the column with its verdict when the two were swapped.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="A column of what was drawn together, of scores: query, session …")
    ] = None,
    weight: Annotated[str | None, typer.Option("--weight", help="A column with 1/p, p the probability of being judged.")] = None,
    label_weight: Annotated[
        str | None, typer.Option("--label-weight", help="A column with 1/p, p the probability of a judged row being labelled.")
    ] = None,
    time: Annotated[str | None, typer.Option("--time", help="A column with the time of each row: old labels are told.")] = None,
    rater: Annotated[
        list[str] | None, typer.Option("--rater", help="A column of one person's verdicts; give two or more to see how far people agree.")
    ] = None,
    labels: Annotated[int | None, typer.Option("--labels", help="Hide all labels but this many, drawn at random.")] = None,
    repeat: Annotated[
        int | None, typer.Option("--repeat", min=1, max=100_000, help="Draw the labels this often, and say how often the interval held.")
    ] = None,
    apart: Annotated[
        bool, typer.Option("--apart", help="The answer is about the rows without a label only: the labelled are other traffic.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Decides which labels are drawn.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, instead of tables.")] = False,
) -> None:
    """How far a judge can be believed, by the labels that people gave. Asks no server and no network."""
    from sightline.cli_calibrate import Columns, calibrate_file

    columns = Columns(judge, human, segment, swapped, cluster, weight, label_weight, time, tuple(rater or ()))
    try:
        calibrate_file(file, columns, passing=passing, labels=labels, repeat=repeat, apart=apart, seed=seed, as_json=as_json)
    except (SightlineError, OSError) as error:
        _fail(str(error))


@prices_app.command("update")
def update_prices(
    file: Annotated[
        Path | None, typer.Argument(help="A catalogue in genai-prices' JSON format; the installed package's without.", show_default=False)
    ] = None,
    data: Annotated[Path | None, _option("data", "--data")] = None,
) -> None:
    """Take a catalogue into the data directory, from a file or the installed package."""
    from sightline.cli_prices import update

    settings = _settings(data=data)
    try:
        update(settings, file)
    except (SightlineError, OSError) as error:
        _fail(str(error))


@prices_app.command("show")
def show_prices(
    model: Annotated[str, typer.Argument(help="A model's name as spans say it; a tool's with --kind tool.", show_default=False)],
    provider: Annotated[str | None, typer.Option("--provider", help="The provider as spans say it.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="Only what holds then: 2026-11-25 or 2026-11-25T10:00:00Z.")] = None,
    kind: Annotated[str, typer.Option("--kind", help="The kind of call.")] = "llm",
    data: Annotated[Path | None, _option("data", "--data")] = None,
) -> None:
    """The price rules for a model."""
    from sightline.cli_prices import show

    settings = _settings(data=data)
    try:
        show(settings, model, provider=provider, at=at, kind=kind)
    except SightlineError as error:
        _fail(str(error))


_UrlOption = Annotated[str, typer.Option("--url", envvar="SIGHTLINE_URL", help="The running server.")]
_ProjectOption = Annotated[str | None, typer.Option("--project", help="One project; without it all of them.", show_default=False)]
_FromOption = Annotated[
    str | None, typer.Option("--from", help="First moment: 2026-11-01, -7d …; without it the beginning.", show_default=False)
]
_ToOption = Annotated[str | None, typer.Option("--to", help="First moment after; without it the end.", show_default=False)]
_JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


@app.command()
def reprice(
    from_: _FromOption = None,
    to: _ToOption = None,
    project: _ProjectOption = None,
    url: _UrlOption = "http://localhost:4318",
    as_json: _JsonOption = False,
) -> None:
    """Have a running server price a window's calls anew, and say how much moved."""
    from sightline.cli_repair import reprice as ask

    try:
        ask(url, project, from_, to, as_json=as_json)
    except SightlineError as error:
        _fail(str(error))


@app.command()
def refact(
    from_: _FromOption = None,
    to: _ToOption = None,
    project: _ProjectOption = None,
    url: _UrlOption = "http://localhost:4318",
    as_json: _JsonOption = False,
) -> None:
    """Have a running server derive the facts of a window's spans again, by today's conventions and configured sources."""
    from sightline.cli_repair import refact as ask

    try:
        ask(url, project, from_, to, as_json=as_json)
    except SightlineError as error:
        _fail(str(error))


@app.command(name="eval")
def evaluate(
    dataset: Annotated[str | None, typer.Argument(help="The dataset's name or id.", show_default=False)] = None,
    run: Annotated[str | None, typer.Option("--run", help="The function to run over it: module:function.", show_default=False)] = None,
    prompt: Annotated[
        list[Path] | None, typer.Option("--prompt", help="A file with a prompt, {{input}} where the input goes; may be repeated.")
    ] = None,
    model: Annotated[list[str] | None, typer.Option("--model", help="A model to ask with each prompt; may be repeated.")] = None,
    endpoint: Annotated[
        str, typer.Option("--endpoint", envvar="OPENAI_BASE_URL", help="The models' OpenAI-compatible endpoint.")
    ] = "https://api.openai.com/v1",
    provider: Annotated[str, typer.Option("--provider", help="Who answers there, as prices name it.")] = "openai",
    key_variable: Annotated[str, typer.Option("--key-variable", help="The environment variable with its key.")] = "OPENAI_API_KEY",
    temperature: Annotated[float | None, typer.Option("--temperature", show_default=False)] = None,
    max_tokens: Annotated[int | None, typer.Option("--max-tokens", min=1, show_default=False)] = None,
    evaluator: Annotated[
        list[str] | None,
        typer.Option("--evaluator", help="What scores an output: module:function, or a built-in one: exact_match …"),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="What runs that are compared over time have in common.")] = None,
    version: Annotated[int | None, typer.Option("--version", min=1, help="Of the dataset; the latest unless given.")] = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1, max=100, help="How often each item is run.")] = 1,
    items: Annotated[int | None, typer.Option("--items", min=1, help="Only the first so many items.", show_default=False)] = None,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=256, help="Items that run at once.")] = 8,
    resume: Annotated[str | None, typer.Option("--resume", help="An experiment to go on with: its id.", show_default=False)] = None,
    against: Annotated[
        str | None, typer.Option("--against", help="What to compare with: an experiment's id, or last.", show_default=False)
    ] = None,
    score: Annotated[list[str] | None, typer.Option("--score", help="What the gate looks at; all scores unless given.")] = None,
    lower: Annotated[list[str] | None, typer.Option("--lower", help="A score of which less is better.")] = None,
    margin: Annotated[float, typer.Option("--margin", min=0.0, help="The loss that doesn't matter, in a score's unit.")] = 0.0,
    author: Annotated[str, typer.Option("--author", envvar="USER", help="Who runs it, for the record.")] = "",
    project: Annotated[str, typer.Option("--project", help="The dataset's project.")] = "default",
    url: _UrlOption = "http://localhost:4318",
    as_json: _JsonOption = False,
) -> None:
    """Run a function, or prompts with models, over a dataset; compare, and end with 3 on a regression, 4 where there is not enough data."""
    from sightline.cli_eval import Wanted, evaluate
    from sightline.experiments import Client

    wanted = Wanted(
        dataset, run, prompt or (), model or (), endpoint, provider, key_variable, temperature, max_tokens, evaluator or (), name, version,
        repeats, items, concurrency, resume, against, score or (), lower or (), margin, author,
    )  # fmt: skip
    try:
        code = evaluate(Client(url, project), wanted, as_json=as_json)
    except SightlineError as error:
        _fail(str(error))
    raise typer.Exit(code)


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
