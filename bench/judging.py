"""How fast a worker judges, what that does to ingest, and whether anything is lost when all of it is killed and fails.

`python -m bench.judging`: verdicts/s against a judge of 200 ms at concurrency 64; acknowledgement of ingest with the worker and without.
`--chaos 5000`: that many spans with failures and kills. `--clients`: processor time of a call, asked directly and through Pydantic AI.
"""

import argparse
import asyncio
import itertools
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from tests.judge.standin import StandIn, standing
from tests.judge.working import Process, definition, make, scores, send
from tests.otlp import new_id, span, traces
from tests.running import Server, eventually, running

from sightline.judge.definition import Definition, Model
from sightline.judge.material import Material
from sightline.judge.prompt import prompt
from sightline.judge.worker.models import Models

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def passes(_asked: object) -> dict[str, Any]:
    return {"reasoning": "Every claim is in the documents, as far as can be seen.", "verdict": "pass", "confidence": 0.9}


def throughput(server: Server, url: str, spans: int, concurrency: int) -> None:
    make(server, "speed", "fast", definition(url, timeout_s=30))
    send(
        server,
        "speed",
        [f"answer {i}: the parcel takes three days and costs nothing." for i in range(spans)],
        documents=["a document " * 40] * 3,
    )
    assert server.process is not None
    before = cpu_s(server.process.pid)
    worker = Process(server, "--concurrency", str(concurrency)).start()
    assert worker.process is not None
    cpu, began = {}, time.perf_counter()
    marks: list[tuple[float, int]] = []
    while (n := server.count(of="scores", project="speed")) < spans:
        marks.append((time.perf_counter() - began, n))
        cpu = {"worker": cpu_s(worker.process.pid), "server": cpu_s(server.process.pid) - before}
        time.sleep(0.5)
    end = time.perf_counter() - began
    first = next((at, n) for at, n in marks if n > 0)
    print(f"{spans} verdicts, 200 ms each, concurrency {concurrency}: {(spans - first[1]) / (end - first[0]):.0f}/s from the first stored to the last;"
          f" processor {cpu['worker']:.1f} s worker, {cpu['server']:.1f} s server; load {os.getloadavg()[0]:.1f}")  # fmt: skip
    worker.end()


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def acknowledgements(server: Server, seconds: float) -> list[float]:
    """Seconds until a small request of 20 spans is acknowledged, forty of them a second."""
    found: list[float] = []
    with httpx.Client(base_url=server.url) as client:
        body = traces([span("x", trace_id=new_id(16), said={"k": "v" * 200}) for _ in range(20)]).SerializeToString()
        end, due = time.perf_counter() + seconds, time.perf_counter()
        for number in itertools.count():
            due += 0.025
            if due > end:
                return found
            time.sleep(max(0.0, due - time.perf_counter()))
            # another body each time: the same again would be a duplicate
            fresh = body + traces([span(f"n{number}")]).SerializeToString()
            began = time.perf_counter()
            client.post("/v1/traces", content=fresh, headers={"content-type": "application/x-protobuf", "x-sightline-project": "ingest"})
            found.append(time.perf_counter() - began)
    return found


def ingest(server: Server, url: str, rounds: int, concurrency: int) -> None:
    """In turns, so that what else the machine does meets both alike."""
    off: list[float] = []
    on: list[float] = []
    for turn in range(rounds):
        off += acknowledgements(server, 8)
        project = f"busy-{turn}"
        make(server, project, "busy", definition(url, timeout_s=30))
        send(server, project, [f"answer {i}" for i in range(2_500)])
        worker = Process(server, "--concurrency", str(concurrency)).start()
        eventually(lambda project=project: server.count(of="scores", project=project), lambda n: n > 100, within_s=60)  # type: ignore[misc]
        before = server.count(of="scores", project=project)
        on += acknowledgements(server, 8)
        judged = server.count(of="scores", project=project) - before
        worker.end()
        print(
            f"  turn {turn + 1}: p99 {p(off[-320:], 99):.1f} ms without, {p(on[-320:], 99):.1f} ms while {judged / 8:.0f} verdicts/s were stored"
        )
    for level in (50, 99):
        print(
            f"ingest acknowledgement p{level}: {p(off, level):.2f} ms without the worker, {p(on, level):.2f} ms with it ({p(on, level) / p(off, level) - 1:+.0%})"
        )


def p(values: Sequence[float], level: int) -> float:
    return 1000 * (statistics.quantiles(values, n=100)[level - 1] if len(values) > 1 else values[0])


def chaos(spans: int) -> None:
    from tests.judge.test_chaos import FAILURES, USD_A_CALL, answering, recorded

    verdicts = recorded(SHARED)
    # each recorded verdict in turn, under a number of its own
    answers = [f"{key}#{i}" for i, key in zip(range(spans), itertools.cycle(verdicts), strict=False)]
    said = {answer: verdicts[answer.partition("#")[0]] for answer in answers}
    budget, rng = 50.0, random.Random(3)
    with (
        tempfile.TemporaryDirectory() as directory,
        standing(StandIn(answering(said), failures=FAILURES, delay_s=0.2, hang_s=3)) as endpoint,
        running(Path(directory) / "data", settle_quiet_s=1, workers_gone_s=4) as server,
    ):
        make(server, "chaos", "correctness", definition(endpoint.url, budget_usd_per_day=budget, timeout_s=5))
        ids = send(server, "chaos", answers)
        workers = [Process(server, "--concurrency", "24").start() for _ in range(2)]
        began, kills, killed = time.perf_counter(), 0, Counter[str]()
        while (n := server.count(of="scores", project="chaos")) < spans:
            print(f"  {time.perf_counter() - began:5.0f} s {n} scores, kills {dict(killed)}", flush=True)
            time.sleep(3)
            if n < spans * (kills + 1) / 9:
                continue
            kills += 1
            what = "server" if kills % 4 == 0 else "worker"
            killed[what] += 1
            if what == "server":
                server.kill()
                for worker in workers:
                    worker.end(signal.SIGKILL)
                server.start()
                workers = [Process(server, "--concurrency", "24").start() for _ in range(2)]
            else:
                place = rng.randrange(2)
                workers[place].end(signal.SIGKILL)
                workers[place] = Process(server, "--concurrency", "24").start()
        took = time.perf_counter() - began
        rows = scores(server, "chaos")
        for worker in workers:
            worker.end()
        [judge] = server.get("/api/v1/judges", project="chaos")["judges"]
        spend = server.get(f"/api/v1/judges/{judge['id']}/backlog")["spend"][0]
    by_call = {call: said[answer] for answer, (_, call) in zip(answers, ids, strict=True)}
    counts = Counter(row["span_id"] for row in rows)
    print(f"{spans} spans judged in {took:.0f} s with kills of {dict(killed)} and {dict(endpoint.calls)}")
    print(f"  one score each: {set(counts.values()) == {1} and len(counts) == spans}; lost: {len(by_call.keys() - counts.keys())};"
          f" verdicts as recorded: {sum(row['label'] == by_call[row['span_id']] for row in rows)} of {len(rows)}")  # fmt: skip
    print(f"  billed ${endpoint.charged * USD_A_CALL:.2f} <= committed ${spend['committed_usd']:.2f} <= budget ${budget:.2f}")


def clients(calls: int) -> None:
    """Processor time of the client alone, against a stand-in in another process."""

    async def direct(url: str) -> float:
        definition_ = Definition(model=Model(model="m", endpoint=url), rubric="r")
        models = Models()
        asked = [prompt(definition_, Material(question="what?", answer="that")) for _ in range(calls)]
        turns = asyncio.Semaphore(64)

        async def one(text: Any) -> None:
            async with turns:
                await models.ask(definition_.models[0], text, definition_)

        began = time.process_time()
        await asyncio.gather(*(one(text) for text in asked))
        took = time.process_time() - began
        await models.close()
        return took

    async def general(url: str) -> float:
        from pydantic_ai.direct import model_request
        from pydantic_ai.messages import ModelRequest, SystemPromptPart, UserPromptPart
        from pydantic_ai.models.openai import OpenAIChatModel
        from pydantic_ai.providers.openai import OpenAIProvider

        definition_ = Definition(model=Model(model="m", endpoint=url), rubric="r")
        model = OpenAIChatModel("m", provider=OpenAIProvider(base_url=url, api_key="k"))
        asked = [prompt(definition_, Material(question="what?", answer="that")) for _ in range(calls)]
        turns = asyncio.Semaphore(64)

        async def one(text: Any) -> None:
            async with turns:
                await model_request(model, [ModelRequest(parts=[SystemPromptPart(content=text.system), UserPromptPart(content=text.user)])])

        began = time.process_time()
        await asyncio.gather(*(one(text) for text in asked))
        return time.process_time() - began

    command = [sys.executable, "-m", "bench.judging", "--stand-in"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        for name, ask in (("asked directly", direct), ("through Pydantic AI", general)):
            asyncio.run(ask(url))  # warm
            print(f"{name}: {1000 * asyncio.run(ask(url)) / calls:.2f} ms of processor time a call")
        process.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--chaos", type=int, default=0)
    parser.add_argument("--only-speed", action="store_true")
    parser.add_argument("--clients", action="store_true")
    parser.add_argument("--stand-in", action="store_true")
    said = parser.parse_args()
    if said.stand_in:
        with standing(StandIn(passes, delay_s=0.2)) as endpoint:
            print(endpoint.url, flush=True)
            threading.Event().wait()
    if said.clients:
        clients(300)
        return
    if said.chaos:
        chaos(said.chaos)
        return
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, "-m", "bench.judging", "--stand-in"]
        with (
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
            running(Path(directory) / "data", settle_quiet_s=1, segment_linger_s=0.5, settle_share=0.1) as server,
        ):
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            throughput(server, url, said.spans, said.concurrency)
            if not said.only_speed:
                ingest(server, url, said.rounds, said.concurrency)
            process.terminate()


if __name__ == "__main__":
    main()
