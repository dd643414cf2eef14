"""Prices and sources that change later: stored rows are made again, and say how much moved."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.otlp import span, traces
from tests.running import Server, eventually, running

FAST = {"settle_quiet_s": 0.2, "settle_every_s": 0.1}
CALL = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "our-own-model",
    "gen_ai.provider.name": "vllm",
    "gen_ai.usage.input_tokens": 1_000_000,
    "gen_ai.usage.output_tokens": 100_000,
    "customer_id": "acme",
}


def configured(folder: Path, text: str) -> None:
    (folder / "sightline.toml").write_text(text)


def call(server: Server) -> dict[str, object]:
    rows: list[dict[str, object]] = server.get("/api/v1/spans")["spans"]
    return rows[0]


def sent(server: Server) -> None:
    assert server.send("traces", traces([span("call", said=CALL)]).SerializeToString()).status_code == 200
    eventually(lambda: server.count(filter="settled = true"), lambda n: n == 1)


def command(server: Server, *words: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "sightline", *words, "--url", server.url, "--json"], capture_output=True, text=True, check=True
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_price_that_appears_prices_what_had_none_and_one_that_changes_waits_to_be_asked(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, **FAST) as server:
        sent(server)
        assert call(server)["cost_usd"] is None
    configured(tmp_path, '[[prices]]\nmodel = "our-own-*"\ninput_per_mtok = 1.0\noutput_per_mtok = 2.0\n')
    with running(data, **FAST) as server:
        eventually(lambda: call(server)["cost_usd"], lambda cost: cost == pytest.approx(1.0 + 0.2))
        assert eventually(lambda: server.get("/api/v1/traces")["traces"][0]["cost_usd"], lambda cost: cost is not None) == pytest.approx(
            1.2
        )
    configured(tmp_path, '[[prices]]\nmodel = "our-own-*"\ninput_per_mtok = 3.0\noutput_per_mtok = 2.0\n')
    with running(data, **FAST) as server:
        assert call(server)["cost_usd"] == pytest.approx(1.2), "a change waits to be asked for"
        said = command(server, "reprice")
        assert (said["spans"], said["changed"], said["newly_priced"]) == (1, 1, 0)
        assert said["moved_usd"] == pytest.approx(2.0)
        assert call(server)["cost_usd"] == pytest.approx(3.2)
        assert server.get("/api/v1/traces")["traces"][0]["cost_usd"] == pytest.approx(3.2)
        assert command(server, "reprice", "--to", "2001-01-01")["spans"] == 0, "nothing lies there"


def catalogue(file: Path, input_mtok: float) -> Path:
    """A catalogue in the library's format that has one model."""
    model = {"id": "our-own-model", "match": {"equals": "our-own-model"}, "prices": {"input_mtok": input_mtok, "output_mtok": 2.0}}
    provider = {"id": "vllm", "name": "vLLM", "api_pattern": "https://vllm[.]example", "models": [model]}
    file.write_text(json.dumps([provider]))
    return file


def test_a_running_server_takes_a_changed_catalogue_into_use(tmp_path: Path) -> None:
    data = tmp_path / "data"

    def update(input_mtok: float) -> None:
        words = ("prices", "update", str(catalogue(tmp_path / "new.json", input_mtok)), "--data", str(data))
        subprocess.run([sys.executable, "-m", "sightline", *words], capture_output=True, check=True)

    def costs() -> dict[str, float | None]:
        return {row["name"]: row["cost_usd"] for row in server.get("/api/v1/spans", filter="settled = true")["spans"]}

    with running(data, **FAST) as server:
        sent(server)
        assert costs() == {"call": None}
        update(1.0)
        eventually(costs, lambda found: found == {"call": pytest.approx(1.2)})
        assert [row["price"] for row in server.get("/api/v1/economics/prices")["prices"]] == ["vllm/our-own-model"]
        update(3.0)
        # asked before the settler may have looked: repricing looks itself
        assert command(server, "reprice")["moved_usd"] == pytest.approx(2.0)
        assert costs() == {"call": pytest.approx(3.2)}
        (data / "catalogue.json").write_text("[{]")
        eventually(server.log, lambda log: "catalogue_refused" in log)
        assert server.send("traces", traces([span("later", said=CALL)]).SerializeToString()).status_code == 200
        eventually(costs, lambda found: found == {"call": pytest.approx(3.2), "later": pytest.approx(3.2)})
        assert server.log().count("catalogue_refused") == 1
        catalogue(data / "catalogue.json", 5.0)  # by hand, what holds for new calls until somebody reprices
        eventually(server.log, lambda log: log.count("catalogue_read_again") == 3)
        assert server.send("traces", traces([span("last", said=CALL)]).SerializeToString()).status_code == 200
        eventually(costs, lambda found: found == {"call": pytest.approx(3.2), "later": pytest.approx(3.2), "last": pytest.approx(5.2)})


def test_a_source_of_ones_own_holds_at_once_and_for_stored_spans_when_asked(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, **FAST) as server:
        sent(server)
        before = call(server)
        assert before["tenant"] is None
    configured(tmp_path, '[facts.tenant]\nsources = ["attributes.customer_id"]\n')
    with running(data, **FAST) as server:
        assert server.send("traces", traces([span("new", said=CALL)]).SerializeToString()).status_code == 200
        eventually(lambda: server.count(filter="tenant = 'acme' and settled = true"), lambda n: n == 1)
        said = command(server, "refact")
        assert (said["spans"], said["outdated"]) == (2, 1)
        eventually(lambda: server.count(filter="tenant = 'acme' and settled = true"), lambda n: n == 2)
        after = {row["name"]: row for row in server.get("/api/v1/spans")["spans"]}["call"]
        same = before.keys() - {"tenant", "stage"}
        assert {name: after[name] for name in same} == {name: before[name] for name in same}
        assert command(server, "refact")["outdated"] == 0


@pytest.mark.parametrize(
    ("text", "right"),
    [
        pytest.param('[facts.tennant]\nsources = ["attributes.a"]\n', "tenant", id="unknown_fact"),
        pytest.param('[facts.tenant]\nsources = ["customer_id"]\n', "attributes.customer_id", id="no_place"),
        pytest.param("[facts.tenant]\nsources = []\n", "at least one", id="empty"),
        pytest.param('[facts.tenant]\nsources = ["attributes.m#a\'b"]\n', "attributes.customer_id", id="hostile_path"),
        pytest.param('[facts.input_tokens]\nsources = ["resource.n"]\n', "text", id="resource_is_text"),
    ],
)
def test_a_bad_source_is_refused_before_anything_changes(tmp_path: Path, text: str, right: str) -> None:
    configured(tmp_path, text)
    with pytest.raises(RuntimeError, match=right), running(tmp_path / "data", **FAST):
        pass
    assert not (tmp_path / "data" / "engine").exists()


def test_no_server_is_said_with_what_to_do() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sightline", "reprice", "--url", "http://127.0.0.1:9"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "--url" in done.stderr
