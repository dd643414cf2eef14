"""Bodies and questions that nobody sane would send: no 5xx, no crash, no memory without bound, no neighbour lost."""

import json
import os
import platform
import random
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.otlp import span, traces
from tests.receive.test_captures import bodies
from tests.running import Server, eventually

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="atheris has no wheel here")
def test_the_request_path_survives_coverage_guided_bytes(tmp_path: Path, shared: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, (signal, body) in enumerate(bodies(shared)[::4]):
        (corpus / str(number)).write_bytes(body + bytes([0, ("traces", "logs").index(signal)]))
    examples = sorted((shared / "data" / "otlp_examples").glob("*.json"))
    for path in examples:
        (corpus / path.name).write_bytes(path.read_bytes() + bytes([1, 0, 0]))
    command = [
        # a shell between the two: a process starts with the peak memory of the one that made it, and the limit would count that
        *("sh", "-c", '"$@"; exit $?', "sh"),
        sys.executable,
        "-m",
        "tests.faults.fuzz_request_path",
        "-runs=30000",
        "-max_total_time=60",
        "-rss_limit_mb=1024",
        str(corpus),
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def test_mangled_captures_harm_no_neighbour(server: Server, project: str, shared: Path) -> None:
    luck = random.Random(5)
    good = 0
    with httpx.Client(timeout=30) as client:
        for signal, body in bodies(shared) * 4:
            mangled = bytearray(body)
            for _ in range(luck.randint(1, 8)):
                mangled[luck.randrange(len(mangled))] = luck.randrange(256)
            for kind in ("application/x-protobuf", "application/json"):
                headers = {"content-type": kind, "x-sightline-project": f"{project}-bad"}
                answer = client.post(f"{server.url}/v1/{signal}", content=bytes(mangled), headers=headers)
                assert answer.status_code in {200, 400}
            one = traces([span()]).SerializeToString()
            headers = {"content-type": "application/x-protobuf", "x-sightline-project": project}
            assert client.post(f"{server.url}/v1/traces", content=one, headers=headers).status_code == 200
            good += 1
    eventually(lambda: server.count(project=project), lambda n: n == good, within_s=60)
    total = eventually(lambda: server.get("/api/v1/ledger", project=f"{project}-bad")["total"], lambda total: total["received"] > 0)
    assert total["received"] == total["stored"] + total["duplicate"] + total["rejected"]


NS = st.one_of(st.integers(0, 2**64 - 1), st.sampled_from([0, 1, 2**63 - 1, 2**63, 2**64 - 1, 253402300799 * 10**9 % 2**64]))


@given(start=NS, end=NS, size=st.integers(0, 3000), name=st.text(max_size=30), number=st.floats(), key=st.text(max_size=20))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_date_size_and_text_is_stored(server: Server, start: int, end: int, size: int, name: str, number: float, key: str) -> None:
    name, key = (text.encode("utf-8", "replace").decode() for text in (name, key))
    said: dict[str, object] = {key: "x" * size, "gen_ai.usage.input_tokens": number, "gen_ai.response.time_to_first_chunk": number}
    one = span(name, said=said, start_time_unix_nano=start, end_time_unix_nano=end)
    answer = server.send("traces", traces([one]).SerializeToString(), headers={"x-sightline-project": "any"})
    assert answer.status_code == 200
    path = f"{server.url}/api/v1/traces/{one.trace_id.hex()}"
    found = eventually(lambda: httpx.get(path, params={"project": "any"}), lambda r: r.status_code == 200).json()
    assert [item["name"] for item in found["spans"]] == [name]


def test_the_api_answers_as_its_document_says(server: Server, tmp_path: Path) -> None:
    server.send("traces", traces([span("one", said={"input.value": "hello"})]).SerializeToString())
    report = tmp_path / "report.txt"
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "run",
        f"{server.url}/api/openapi.json",
        "--max-examples=6",
        "--phases=examples,fuzzing",
        "--checks=not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        "--request-timeout=30",
        "--seed=7",
        "--suppress-health-check=all",
    ]
    with report.open("w") as out:
        done = subprocess.run(command, cwd=tmp_path, stdout=out, stderr=subprocess.STDOUT, timeout=400, check=False)
    assert done.returncode == 0, report.read_text()[-6000:]
    assert json.loads(httpx.get(f"{server.url}/healthz").text)["status"] == "ok"
