"""Two arms of live traffic in a real engine, against the same sums made by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from sightline.errors import BadRequestError
from sightline.measure.experiments import check, live
from sightline.stats.sequential import Arm, contrast
from sightline.store import LiveTestTerms
from sightline.store.telemetry.engine import Engine
from tests.measure.economics import world
from tests.query.world import at, insert_spans

pytestmark = pytest.mark.anyio

DAY_NS = 86_400 * world.SECOND_NS
STARTED_NS = world.T0_NS + 10 * DAY_NS
NOW_NS = STARTED_NS + 5 * DAY_NS
USERS = 120


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = world.open_engine(tmp_path_factory.mktemp("engine"))
    yield engine
    engine.close()


def terms(**said: Any) -> LiveTestTerms:
    about: dict[str, Any] = {
        "project": "live", "name": "8 against 7", "arm": "prompt_version", "first": "7", "second": "8", "measure": "score.grounded",
        "smallest_effect": 0.05, "started": datetime.fromtimestamp(STARTED_NS / 1e9, UTC),
    }  # fmt: skip
    return LiveTestTerms(**(about | said))


@pytest.fixture(scope="module")
def sent(engine: Engine) -> list[tuple[int, int, int, float]]:
    """(user, whether before the start, arm, score) of requests: users keep their luck; those with an odd number are in the second arm,
    which answers better. User 0 is seen in both."""
    random = np.random.default_rng(7)
    spans: list[world.Row] = []
    scores: list[list[Any]] = []
    told: list[tuple[int, int, int, float]] = []
    i = 0
    for user in range(USERS):
        luck = random.uniform(0.3, 0.8)
        for n in range(14):
            before = n < 6
            start_ns = int((world.T0_NS if before else STARTED_NS) + random.uniform(0, 4.9) * DAY_NS)
            arm = user % 2 if user else n % 2
            score = float(random.random() < luck + (0.15 if arm and not before else 0.0))
            root = world.span(i, user_id=f"u{user}", task="support") | {"start_ns": start_ns}
            call = world.call(i, user_id=f"u{user}", prompt_version=("7", "8")[arm] if not before else "7") | {"start_ns": start_ns}
            spans += [root, call]
            trace_id = root["trace_id"]
            scores.append(["live", "trace", trace_id, "", "", "grounded", "judge", "j", "1", "binary", score, at(start_ns), at(start_ns)])
            told.append((user, before, arm, score))
            i += 1
    insert_spans(engine.connect(), spans, project="live")
    names = (
        "project",
        "target",
        "trace_id",
        "span_id",
        "session_id",
        "name",
        "source",
        "author",
        "version",
        "type",
        "value",
        "start",
        "received",
    )
    engine.connect().insert("scores", scores, column_names=list(names))
    return told


async def test_sums_are_those_of_units_with_their_past(engine: Engine, sent: list[tuple[int, int, int, float]]) -> None:
    found = await live(engine, terms(), now_ns=NOW_NS)
    arms = []
    for which in (0, 1):
        y, x, p, q = (np.zeros(USERS) for _ in range(4))
        for user, before, arm, score in sent:
            if user and user % 2 == which:
                (p if before else y)[user] += score
                (q if before else x)[user] += 1
            assert before or user == 0 or arm == user % 2
        of = x > 0
        y, x, p, q = (part[of] for part in (y, x, p, q))
        one = np.ones(y.size)
        pairs = [(y, one), (x, one), (y, y), (x, x), (x, y), (p, one), (q, one), (p, p), (q, q), (p, q), (y, p), (y, q), (x, p), (x, q)]
        sums = [float((a * b).sum()) for a, b in pairs]
        arms.append(Arm(int(of.sum()), *sums))
    wanted = contrast(arms[0], arms[1], scale=0.05)
    assert found["first"]["units"] == 59
    assert found["second"]["units"] == 60
    assert found["mixed_units"] == 1
    assert found["difference"] == pytest.approx(
        {"value": wanted.difference.value, "low": wanted.difference.low, "high": wanted.difference.high}
    )
    assert found["variance_reduced"] == pytest.approx(wanted.reduced)
    assert found["variance_reduced"] > 0.05
    assert found["first"]["mean"] == pytest.approx(arms[0].ratio)
    assert (len(found["series"]), found["series"][-1]["value"]) == (60, pytest.approx(wanted.difference.value))
    assert found["split_p_value"] == 1.0


async def test_other_measures_units_and_filters(engine: Engine, sent: list[tuple[int, int, int, float]]) -> None:
    errors = await live(engine, terms(measure="error_rate", before_days=0), now_ns=NOW_NS)
    assert (errors["first"]["mean"], errors["decision"]) == (0, "no difference that matters")
    requests = await live(engine, terms(unit="trace_id"), now_ns=NOW_NS)
    assert requests["first"]["units"] + requests["second"]["units"] == 8 * USERS
    none = await live(engine, terms(filter="task = 'another'"), now_ns=NOW_NS)
    assert (none["first"]["units"], none["decision"], none["difference"]["low"]) == (0, "go on", None)
    one = await live(engine, terms(filter="user_id = 'u1'"), now_ns=NOW_NS)
    assert (one["first"]["requests"], one["second"]["requests"]) == (0, 8)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"measure": "sharpness"}, "There is no measure 'sharpness': take error_rate"),
        ({"second": "7"}, "The two arms have to differ"),
        ({"arm": "promt_version"}, "did you mean 'prompt_version'"),
        ({"filter": "task ="}, "column"),
        ({"unit": "moon"}, "assigned by user_id"),
    ],
)
def test_what_can_not_be_compared_is_told_at_once(said: dict[str, str], complaint: str) -> None:
    with pytest.raises(BadRequestError, match=complaint):
        check(terms(**said))
