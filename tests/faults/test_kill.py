"""kill -9 during load, again and again: what was acknowledged is there, once, in every table and in the ledger."""

import random
import threading
from pathlib import Path

import httpx
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.otlp import attributes, new_id, span, traces
from tests.running import Server, eventually
from tests.store.asking import ask

KILLS = 20
SENDERS = 3


class Sender(threading.Thread):
    """Sends spans until told to stop; what was not acknowledged is sent again, often in other company."""

    def __init__(self, seed: int) -> None:
        super().__init__(daemon=True)
        self.luck = random.Random(seed)
        self.url = ""
        self.up = threading.Event()
        self.done = threading.Event()
        self.sent: dict[str, Span] = {}
        self.acknowledged: set[str] = set()
        self.owed: list[Span] = []
        self.requests = 0

    def run(self) -> None:
        with httpx.Client(timeout=10) as client:
            while not self.done.is_set():
                self.up.wait(0.1)
                batch = self._batch()
                if self._send(client, batch):
                    self.acknowledged.update(one.span_id.hex() for one in batch)
                else:
                    self.owed.extend(batch)
                    self.up.clear()

    def finish(self) -> None:
        """Send everything that is still owed, to a server that stays up."""
        with httpx.Client(timeout=30) as client:
            while self.owed:
                batch, self.owed = self.owed[:7], self.owed[7:]
                assert self._send(client, batch)
                self.acknowledged.update(one.span_id.hex() for one in batch)

    def _batch(self) -> list[Span]:
        batch: list[Span] = []
        if self.owed and self.luck.random() < 0.7:
            self.luck.shuffle(self.owed)
            cut = self.luck.randint(1, len(self.owed))
            batch, self.owed = self.owed[:cut], self.owed[cut:]
        if not batch or self.luck.random() < 0.5:
            trace = new_id(16)
            for number in range(self.luck.randint(1, 12)):
                one = span(f"step {number}", said={"input.value": f"question {number} " * 20, "n": number}, trace_id=trace)
                one.events.add(name="event", time_unix_nano=one.start_time_unix_nano, attributes=attributes({"n": number}))
                self.sent[one.span_id.hex()] = one
                batch.append(one)
        return batch

    def _send(self, client: httpx.Client, batch: list[Span]) -> bool:
        self.requests += 1
        try:
            answer = client.post(
                f"{self.url}/v1/traces", content=traces(batch).SerializeToString(), headers={"content-type": "application/x-protobuf"}
            )
        except httpx.HTTPError:
            return False
        return answer.status_code == 200


def test_no_acknowledged_span_is_lost_and_none_is_doubled(tmp_path: Path) -> None:
    luck = random.Random(11)
    server = Server(tmp_path / "data", {"settle_quiet_s": 0.2, "settle_every_s": 0.1, "segment_linger_s": 0.05})
    senders = [Sender(seed) for seed in range(SENDERS)]
    server.start()
    for sender in senders:
        sender.url = server.url
        sender.up.set()
        sender.start()
    for _ in range(KILLS):
        threading.Event().wait(luck.uniform(0.05, 0.7))
        server.kill()
        server.start()
        for sender in senders:
            sender.url = server.url
            sender.up.set()
    for sender in senders:
        sender.done.set()
        sender.join(30)
        sender.finish()
    acknowledged = set().union(*(sender.acknowledged for sender in senders))
    assert len(acknowledged) > 1000
    assert acknowledged == set().union(*(sender.sent for sender in senders))

    eventually(lambda: server.count(filter="settled = true"), lambda n: n == len(acknowledged), within_s=120)
    total = server.get("/api/v1/ledger")["total"]
    server.stop()
    assert total["received"] == total["stored"] + total["duplicate"] + total["rejected"]
    assert (total["stored"], total["rejected"]) == (len(acknowledged), 0)

    spans, payloads, events, indexed, settled, arrivals = ask(
        server.data,
        "SELECT span_id, count() FROM spans GROUP BY span_id",
        "SELECT span_id, count() FROM payloads GROUP BY span_id",
        "SELECT span_id, count() FROM events GROUP BY span_id",
        "SELECT DISTINCT trace_id FROM trace_index",
        "SELECT trace_id, count(), sum(span_count) FROM traces_settled GROUP BY trace_id",
        "SELECT count() FROM trace_arrivals",
    )
    once = {(span_id, 1) for span_id in acknowledged}
    for table in (spans, payloads, events):
        assert {(span_id, count) for span_id, count in table} == once
    known = {one.trace_id.hex() for sender in senders for one in sender.sent.values()}
    assert {row[0] for row in indexed} == known
    assert {(row[0], row[1]) for row in settled} == {(trace_id, 1) for trace_id in known}
    assert sum(row[2] for row in settled) == len(acknowledged)
    assert arrivals == [[0]]
