"""Datasets through the front door: made from traces, changed, versioned, exported and imported again."""

import json
from collections.abc import Iterator, Mapping
from itertools import count

import httpx
import pytest

from tests.running import Server, running
from tests.ui.sending import answer, send

_serial = count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("datasets") / "data", settle_quiet_s=0.2, settle_every_s=0.1, dataset_items=50) as server:
        yield server


@pytest.fixture
def api(server: Server) -> Iterator[httpx.Client]:
    """The API, asked about a project of the test's own."""
    with httpx.Client(base_url=f"{server.url}/api/v1", params={"project": f"p{next(_serial)}"}, timeout=30) as client:
        yield client


def made(api: httpx.Client, name: str = "questions") -> str:
    response = api.post("/datasets", json={"name": name, "description": "of a test"})
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def put(api: httpx.Client, id_: str, *items: Mapping[str, object], **said: object) -> dict[str, object]:
    response = api.post(f"/datasets/{id_}/items", json={"items": items, **said})
    assert response.status_code == 200, response.text
    found: dict[str, object] = response.json()
    return found


def read(api: httpx.Client, id_: str, **said: object) -> list[dict[str, object]]:
    response = api.get(f"/datasets/{id_}/items", params={k: str(v) for k, v in said.items()})
    assert response.status_code == 200, response.text
    found: list[dict[str, object]] = response.json()["items"]
    return found


def test_every_version_stays_as_it_was(api: httpx.Client) -> None:
    id_ = made(api)
    put(api, id_, {"id": "a", "input": "1 + 1", "expected": "3"}, {"id": "b", "input": {"x": [1, None]}}, author="ann")
    put(api, id_, {"id": "a", "input": "1 + 1", "expected": "2"}, {"id": "c", "input": "new"}, author="bob")
    put(api, id_, remove=["b", "never there"])
    versions = api.get(f"/datasets/{id_}/versions").json()["versions"]
    assert [(v["version"], v["author"], v["added"], v["changed"], v["removed"], v["items"]) for v in versions] == [
        (3, "", 0, 0, 1, 2),
        (2, "bob", 1, 1, 0, 3),
        (1, "ann", 2, 0, 0, 2),
    ]
    assert [(i["id"], i["expected"], i["changed"]) for i in read(api, id_)] == [("a", "2", 2), ("c", None, 2)]
    assert [(i["id"], i["expected"]) for i in read(api, id_, version=1)] == [("a", "3"), ("b", None)]
    assert read(api, id_, version=2)[1]["input"] == {"x": [1, None]}


def test_the_same_again_is_no_new_version(api: httpx.Client) -> None:
    id_ = made(api)
    item = {"input": "How long do refunds take?", "metadata": {"b": 1, "a": 2}}
    assert put(api, id_, item)["version"] is not None
    assert put(api, id_, {"metadata": {"a": 2, "b": 1}, "input": "How long do refunds take?"})["version"] is None


def test_pages_of_items_join_without_a_gap(api: httpx.Client) -> None:
    id_ = made(api)
    put(api, id_, *({"id": f"i{n}", "input": n} for n in range(7)))
    first = api.get(f"/datasets/{id_}/items", params={"limit": 4}).json()
    second = api.get(f"/datasets/{id_}/items", params={"limit": 4, "after": first["next_after"]}).json()
    assert [i["input"] for i in first["items"] + second["items"]] == list(range(7))
    assert second["next_after"] is None


def test_items_come_from_traces_by_id_and_by_filter(server: Server, api: httpx.Client) -> None:
    project = api.params["project"]
    spans = [answer(question=f"Question {n}?") for n in range(3)]
    send(server, project, [span for one in spans for span in one])
    ids = [one[0].trace_id.hex() for one in spans]
    id_ = made(api)
    one = api.post(f"/datasets/{id_}/traces", json={"trace_ids": [ids[1].upper()], "author": "ann"}).json()
    assert one["version"]["origin"]["trace_ids"] == [ids[1]]
    many = api.post(f"/datasets/{id_}/traces", json={"filter": "duration_ms > 1000", "from": "-1h", "expected": "output"}).json()
    assert (many["items"], many["version"]["added"], many["version"]["changed"]) == (3, 2, 1)
    assert many["version"]["origin"]["filter"] == "duration_ms > 1000"
    items = {item["trace_id"]: item for item in read(api, id_)}
    assert set(items) == set(ids)
    item = items[ids[0]]
    assert (item["input"], item["expected"]) == ("Question 0?", "Refunds take five business days.")
    assert all("content" in document for document in item["context"])  # type: ignore[attr-defined]
    assert item["context"]


def test_what_is_exported_can_be_imported_as_it_was(api: httpx.Client) -> None:
    first, second, third = made(api, "first"), made(api, "second"), made(api, "third")
    items: list[dict[str, object]] = [
        {"id": "a", "input": "=SUM(A1)", "expected": "he said \"no\",\nthen '-1'", "metadata": {"tags": ["x"]}},
        {"id": "b", "input": {"messages": [{"role": "user", "content": "hé 😀"}]}, "context": ["one", "two"]},
    ]
    put(api, first, *items)
    for kind, into in (("jsonl", second), ("csv", third)):
        file = api.get(f"/datasets/{first}/export", params={"format": kind})
        assert file.headers["content-disposition"] == f'attachment; filename="first-v1.{kind}"'
        done = api.post(f"/datasets/{into}/import", params={"format": kind, "file": f"first.{kind}"}, content=file.content)
        assert done.status_code == 200, done.text
        said = ("id", "input", "expected", "context", "metadata")
        assert [[i[name] for name in said] for i in read(api, into)] == [[i[name] for name in said] for i in read(api, first)]


def test_files_of_other_tools_are_read(api: httpx.Client) -> None:
    id_ = made(api)
    text = '{"question": "Why?", "answer": "So.", "difficulty": 3}\n\n{"inputs": {"q": 1}, "outputs": {"a": 2}}\n'
    assert api.post(f"/datasets/{id_}/import", content=text).json()["items"] == 2
    first, second = read(api, id_)
    assert (first["input"], first["expected"], first["metadata"]) == ("Why?", "So.", {"difficulty": 3})
    assert (second["input"], second["expected"]) == ({"q": 1}, {"a": 2})


def test_a_whole_file_replaces_what_was_there(api: httpx.Client) -> None:
    id_ = made(api)
    put(api, id_, {"id": "a", "input": 1}, {"id": "b", "input": 2})
    api.post(f"/datasets/{id_}/import", params={"whole": True}, content=json.dumps({"id": "b", "input": 2}))
    assert [i["id"] for i in read(api, id_)] == ["b"]


@pytest.mark.parametrize(
    ("content", "params", "said"),
    [
        pytest.param(b'{"input": 1}\n{"input": ', {}, "Line 2 is no JSON", id="broken_line"),
        pytest.param(b'{"output": 1}', {}, "Line 1 has no input: it has 'output'", id="no_input"),
        pytest.param(b"[1]", {}, "Line 1 is no JSON object", id="no_object"),
        pytest.param(b"a,b\n1,2,3\n", {"format": "csv"}, "Line 2 has more fields", id="ragged"),
        pytest.param(b"\xff\xfe", {}, "The file is not UTF-8 text (byte 0)", id="not_utf8"),
        pytest.param(b"", {}, "The file has no item", id="empty"),
        pytest.param(json.dumps({"input": "x" * (1 << 20)}).encode(), {}, "items.0: It has 1,048,580 bytes", id="too_long"),
    ],
)
def test_a_bad_file_says_where_it_is_bad(api: httpx.Client, content: bytes, params: dict[str, str], said: str) -> None:
    id_ = made(api)
    response = api.post(f"/datasets/{id_}/import", params=params, content=content)
    assert response.status_code == 422
    assert said in response.json()["error"]
    assert read(api, id_) == []


def test_a_dataset_is_full_at_its_limit_and_not_before(api: httpx.Client) -> None:
    id_ = made(api)
    put(api, id_, *({"id": str(n), "input": n} for n in range(50)))
    refused = api.post(f"/datasets/{id_}/items", json={"items": [{"id": "51st", "input": 0}]})
    assert refused.status_code == 422
    assert "would have 51 items, and 50 are allowed" in refused.json()["error"]
    assert put(api, id_, {"id": "51st", "input": 0}, remove=["0"])["version"]["items"] == 50  # type: ignore[index]


def test_names_are_each_project_s_own(api: httpx.Client) -> None:
    id_ = made(api)
    again = api.post("/datasets", json={"name": "questions"})
    assert (again.status_code, "There is a dataset 'questions'" in again.json()["error"]) == (422, True)
    assert api.get("/datasets/questions").json()["id"] == id_
    assert api.post("/datasets", json={"name": "questions"}, params={"project": f"p{next(_serial)}"}).status_code == 201
    assert api.get("/datasets/nobody's").status_code == 404
    assert api.get(f"/datasets/{id_}/items", params={"version": 3}).json()["error"].endswith("it has no item yet.")


def test_a_deleted_dataset_leaves_nothing(api: httpx.Client) -> None:
    id_ = made(api)
    put(api, id_, {"id": "a", "input": 1})
    assert api.delete(f"/datasets/{id_}").status_code == 204
    assert api.get(f"/datasets/{id_}/items").status_code == 404
    assert api.get("/datasets").json()["datasets"] == []
