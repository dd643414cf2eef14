"""`sightline eval` as somebody runs it: in a process of its own, against a server."""

import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.experiments.conftest import Bench
from tests.running import eventually

RIGHT = ("--evaluator", "app:right")


def test_every_item_is_run_scored_and_traced(bench: Bench) -> None:
    built_in = ("--evaluator", "exact_match", "--evaluator", 'regex={"pattern": "^WORD [0-9]$"}')
    own = ("--evaluator", "app:length", "--evaluator", "app:kind")
    code, out, err = bench.eval("words", "--run", "app:answer", *RIGHT, *own, *built_in, "--json")
    assert code == 0, err
    (one,) = json.loads(out)
    experiment = one["experiment"]
    measures = {m["name"]: m for m in experiment["measures"]}
    assert (experiment["results"], experiment["failed"], experiment["dataset_version"]) == (40, 0, 1)
    assert experiment["finished"] is not None
    assert measures["right"]["mean"]["value"] == 1
    assert measures["length"]["mean"]["value"] == (10 * 6 + 30 * 7) / 40
    assert measures["kind"]["labels"] == {"short": 40}
    assert (measures["exact_match"]["mean"]["value"], measures["exact_match"]["type"]) == (1, "binary")
    assert measures["regex"]["mean"]["value"] == 10 / 40
    results = bench.api("GET", f"/experiments/{experiment['id']}/results")["results"]
    assert results[3]["output"] == "WORD 3"
    assert results[3]["scores"]["kind"]["explanation"] == "by its length"
    trace = eventually(lambda: bench.server.count(of="traces", project=f"{bench.project}-experiments"), lambda n: n == 40)
    assert trace == 40
    read = bench.server.get(f"/api/v1/traces/{results[3]['trace_id']}", project=f"{bench.project}-experiments")
    assert (read["input_preview"], read["output_preview"]) == ("word 3", "WORD 3")
    assert read["spans"][0]["attributes"]["sightline.dataset.item"] == "i03"
    assert bench.server.count(of="traces", project=bench.project) == 0


def test_no_result_is_lost_on_its_way(bench: Bench) -> None:
    # the function seeds `random`, as many do: ids of traces must not come from there
    code, out, err = bench.eval("words", "--run", "app:seeded", *RIGHT, "--repeats", "20", "--concurrency", "32", "--json")
    assert code == 0, err
    (one,) = json.loads(out)
    assert one["experiment"]["results"] == 800
    results = bench.api("GET", f"/experiments/{one['experiment']['id']}/results", limit="1000")["results"]
    assert len({result["trace_id"] for result in results}) == 800
    assert next(m for m in one["experiment"]["measures"] if m["name"] == "right")["mean"]["items"] == 40


def test_a_regression_ends_with_3_and_says_what_became_worse(bench: Bench) -> None:
    assert bench.eval("words", "--run", "app:answer", *RIGHT, "--name", "caps", "--against", "last")[0] == 0
    code, out, err = bench.eval("words", "--run", "app:worse", *RIGHT, "--name", "caps", "--against", "last", "--margin", "0.05")
    assert code == 3, err
    # McNemar by hand: 10 of 40 became wrong, none right; Agresti & Min's interval: −10/42 ± 1.96 · sqrt((11 / 42 − (10/42)²) / 42)
    assert "right: 1 → 0.75, -0.25 (-0.3" in out
    assert "0 better, 10 worse of 40: regression" in out
    newest, first = bench.experiments()
    found = bench.api("GET", "/experiments/compare", first=first["id"], second=newest["id"])
    right = next(m for m in found["measures"] if m["name"] == "right")
    assert right["p_value"] == 2 * 0.5**10
    assert found["differing"][0]["scores"]["right"] == {"first": 1.0, "second": 0.0}
    assert {row["item_id"] for row in found["differing"]} == {f"i{n:02d}" for n in range(0, 40, 4)}


def test_the_same_again_passes_a_gate_with_a_margin_and_needs_data_without(bench: Bench) -> None:
    assert bench.eval("words", "--run", "app:answer", *RIGHT, "--against", "last")[0] == 0
    assert bench.eval("words", "--run", "app:answer", *RIGHT, "--against", "last", "--margin", "0.1")[0] == 0
    code, out, _ = bench.eval("words", "--run", "app:answer", *RIGHT, "--against", "last", "--margin", "0")
    assert (code, "not enough data" in out) == (4, True)


def test_what_fails_is_a_result_and_no_success(bench: Bench) -> None:
    bench.api("POST", "/datasets/words/items", {"items": [{"id": "bad", "input": "this fails", "expected": "x"}]})
    code, out, err = bench.eval("words", "--run", "app:answer", *RIGHT, "--evaluator", "app:broken", "--json")
    assert code == 0, err
    (one,) = json.loads(out)
    assert one["experiment"]["failed"] == 1
    measures = {m["name"]: m for m in one["experiment"]["measures"]}
    assert measures["right"]["mean"]["value"] == 40 / 41
    assert measures["error"]["mean"]["value"] == 1 / 41
    assert one["complaints"] == {"broken: RuntimeError: no scale": 40}
    (failed,) = bench.api("GET", f"/experiments/{one['experiment']['id']}/results", item_id="bad")["results"]
    assert failed["error"] == "ValueError: I won't"


def test_a_run_that_was_stopped_is_taken_up_where_it_was(bench: Bench) -> None:
    process = bench.start(
        "sightline", "eval", "words", "--run", "app:answer", *RIGHT, "--project", bench.project, "--concurrency", "2", PAUSE="0.1"
    )
    called = bench.path / "called"
    eventually(lambda: called.read_text().count("\n") if called.exists() else 0, lambda n: n >= 8)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    (experiment,) = bench.experiments()
    assert f"--resume {experiment['id']}" in err
    assert experiment["finished"] is None
    stored = len(bench.api("GET", f"/experiments/{experiment['id']}/done")["done"])
    assert 0 < stored < 40
    code, _, err = bench.eval("--run", "app:answer", *RIGHT, "--resume", experiment["id"], PAUSE="0.001")
    assert code == 0, err
    done = Counter((one["item_id"], one["repeat"]) for one in bench.api("GET", f"/experiments/{experiment['id']}/done")["done"])
    assert len(done) == 40
    assert set(done.values()) == {1}
    times = Counter(called.read_text().split("\n"))
    # what was running when it was stopped may run twice, and no more
    assert sum(n - 1 for word, n in times.items() if word) <= 2


def test_a_killed_run_loses_no_result_that_was_sent(bench: Bench) -> None:
    process = bench.start(
        "sightline", "eval", "words", "--run", "app:answer", *RIGHT, "--project", bench.project, "--concurrency", "2", PAUSE="1"
    )

    def stored() -> int:
        found = bench.experiments()
        return len(bench.api("GET", f"/experiments/{found[0]['id']}/done")["done"]) if found else 0

    eventually(stored, lambda n: n > 1)
    process.kill()
    process.communicate()
    (experiment,) = bench.experiments()
    before = stored()
    assert bench.eval("--run", "app:answer", *RIGHT, "--resume", experiment["id"], PAUSE="0.001")[0] == 0
    assert (before < 40, stored()) == (True, 40)
    summary = bench.api("GET", f"/experiments/{experiment['id']}")
    assert next(m for m in summary["measures"] if m["name"] == "right")["mean"]["items"] == 40


def test_repeats_of_an_item_are_one_observation(bench: Bench) -> None:
    code, out, err = bench.eval("words", "--run", "app:worse", *RIGHT, "--repeats", "3", "--items", "8", "--json")
    assert code == 0, err
    (one,) = json.loads(out)
    right = next(m for m in one["experiment"]["measures"] if m["name"] == "right")
    assert (one["experiment"]["results"], right["mean"]["items"], right["mean"]["value"]) == (24, 8, 0.75)
    # Student's t over 8 item means, six of them 1 and two 0: 0.75 ± 2.3646 · sqrt(0.2142857 / 8)
    assert abs(right["mean"]["low"] - (0.75 - 2.364624 * (0.2142857142857143 / 8) ** 0.5)) < 2e-3


def test_items_that_the_dataset_has_changed_are_not_compared(bench: Bench) -> None:
    assert bench.eval("words", "--run", "app:answer", *RIGHT)[0] == 0
    bench.api("POST", "/datasets/words/items", {"items": [{"id": "i07", "input": "word 7", "expected": "another", "metadata": {"n": 7}}]})
    assert bench.eval("words", "--run", "app:answer", *RIGHT)[0] == 0
    newest, first = bench.experiments()
    found = bench.api("GET", "/experiments/compare", first=first["id"], second=newest["id"])
    assert (found["items"], found["changed_items"], found["differing"]) == (39, 1, [])


def test_errors_of_use_say_what_would_be_right(bench: Bench) -> None:
    for options, said in (
        (("nothing", "--run", "app:answer"), "There is no dataset 'nothing'"),
        (("words", "--run", "app:nobody"), "Module 'app' has no 'nobody'"),
        (("words", "--run", "nowhere:f"), "There is no module 'nowhere'"),
        (("words",), "Say what to run"),
        (("words", "--run", "app:answer", "--evaluator", "exactly"), "There is no evaluator 'exactly': there are json_schema"),
        (("words", "--run", "app:right"), "asks for 'expected': there are input, item, context, metadata"),
    ):
        code, out, err = bench.eval(*options)
        assert (code, said in (out + err).replace("\n", " ")) == (1, True), (options, out, err)


@contextmanager
def endpoint(answers: Any) -> Iterator[str]:
    """An OpenAI-compatible endpoint that answers with `answers(body)`: a status and a body."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, said = answers(body)
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_a_grid_of_prompts_and_models(bench: Bench) -> None:
    refused: Counter[str] = Counter()

    def answers(body: Any) -> tuple[int, Any]:
        text = body["messages"][-1]["content"]
        refused[text] += 1
        if refused[text] == 1 and "word 3" in text:
            return 429, {"error": "slow down"}
        word = text.split(":")[-1].strip()
        content = word.upper() if body["model"] == "gpt-4o" else word
        usage = {"prompt_tokens": 10, "completion_tokens": 2}
        choice = {"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
        return 200, {"id": f"r{time.time_ns()}", "model": body["model"], "choices": [choice], "usage": usage}

    (bench.path / "shout.txt").write_text("Say it loudly: {{input}}")
    (bench.path / "polite.json").write_text(
        json.dumps([{"role": "system", "content": "Be kind."}, {"role": "user", "content": "{{ input }}"}])
    )
    with endpoint(answers) as url:
        code, out, err = bench.eval(
            "words", "--prompt", "shout.txt", "--prompt", "polite.json", "--model", "gpt-4o", "--model", "gpt-4o-mini", *RIGHT,
            "--endpoint", url, "--items", "5", "--score", "right", "--json",
        )  # fmt: skip
    assert code == 3, err  # against the first: the mini models shout at nobody
    found = {one["experiment"]["name"]: one for one in json.loads(out)}
    assert set(found) == {"shout × gpt-4o", "shout × gpt-4o-mini", "polite × gpt-4o", "polite × gpt-4o-mini"}
    means = {name: next(m for m in one["experiment"]["measures"] if m["name"] == "right")["mean"]["value"] for name, one in found.items()}
    assert means == {"shout × gpt-4o": 1, "polite × gpt-4o": 1, "shout × gpt-4o-mini": 0, "polite × gpt-4o-mini": 0}
    assert found["polite × gpt-4o-mini"]["comparison"]["outcome"] in {"regression", "not enough data"}
    project = f"{bench.project}-experiments"
    eventually(lambda: bench.server.count(project=project, filter="kind = llm and settled = true"), lambda n: n == 20)
    (row,) = bench.server.query("sum(input_tokens)", "sum(cost_usd)", project=project, filter="model = 'gpt-4o'")
    assert row["sum(input_tokens)"] == 100
    assert row["sum(cost_usd)"] > 0
    experiment = bench.api("GET", f"/experiments/{found['shout × gpt-4o']['experiment']['id']}")
    assert next(m for m in experiment["measures"] if m["name"] == "cost_usd")["mean"]["value"] > 0


def test_the_pytest_plugin_fails_a_test_that_has_become_worse(bench: Bench) -> None:
    (bench.path / "test_app.py").write_text(
        "import os, app\n"
        "def test_words(sightline_eval):\n"
        "    function = app.worse if os.environ.get('WORSE') else app.answer\n"
        "    sightline_eval('words', function, evaluators=[app.right], margin=0.05)\n"
        "def test_level(sightline_eval):\n"
        "    sightline_eval('words', app.answer, evaluators=[app.right], against=None, at_least={'right': 0.95})\n"
    )
    command = (
        "pytest",
        "-q",
        "--sightline-project",
        bench.project,
        "-p",
        "no:cacheprovider",
        "test_app.py",
    )
    first = bench.start(*command)
    out, _ = first.communicate(timeout=120)
    # Wilson's interval of 40 of 40 begins at 0.912
    assert "right is 1 of 40 items, 0.912" in out
    assert "1 failed, 1 passed" in out
    second = bench.start(*command, "-k", "words", WORSE="1")
    out, _ = second.communicate(timeout=120)
    assert second.returncode == 1
    assert "regression:" in out
    assert "0 better, 10 worse of 40: regression" in out
