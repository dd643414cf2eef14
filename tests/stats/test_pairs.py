"""Judges of pairs, asked in both orders."""

from pathlib import Path

import numpy as np
import pytest

from sightline.errors import BadTableError
from sightline.stats.pairs import order_consistency, read_preferences
from tests.stats.recorded import rows_of


def test_what_changes_with_the_order_counts_against_it() -> None:
    """Of six pairs one has one verdict only; of five, two agree, one of these a tie; the others went to the first twice and once."""
    first = [1, 0, 1, 1, -1, 1]
    second = [1, 0, -1, -1, 1, np.nan]
    found = order_consistency(first, second, [1, 0, 1, 1, 1, 1])
    assert (found.pairs, found.missing) == (5, 1)
    assert found.consistent.value == pytest.approx(2 / 5)
    assert found.decisive_share == pytest.approx(1 / 5)
    assert found.first_preferred.value == pytest.approx(2 / 3)
    assert found.position_p_value == 1.0  # two against one
    assert found.right_in_both.value == pytest.approx(2 / 5)


def test_words_for_a_winner() -> None:
    assert np.array_equal(read_preferences(["A>B", "b", "tie", ""], "verdict"), [1, -1, 0, np.nan], equal_nan=True)
    with pytest.raises(BadTableError, match="holds 'maybe', which names no winner: write A>B"):
        read_preferences(["maybe"], "verdict")


def test_few_pairs_accuse_nobody() -> None:
    found = order_consistency([1, 1, 1, -1], [1, 1, 1, 1])
    assert (found.verdict, found.flagged) == ("unclear", False)


def test_recorded_judges_in_both_orders(shared: Path) -> None:
    """The two prompted judges change their mind with the order; the reward models, which score each answer by itself, do not."""
    rows = rows_of(shared, "judge_judgebench_pairs")
    turned = {"A>B": "B>A", "B>A": "A>B", "A=B": "A=B"}
    flagged = set()
    for judge in sorted({row["judge"] for row in rows}):
        own = [row for row in rows if row["judge"] == judge]
        both = [row for row in own if row["decision_ab"] and row["decision_ba"]]
        found = order_consistency(
            read_preferences([row["decision_ab"] for row in own], "decision_ab"),
            -read_preferences([row["decision_ba"] for row in own], "decision_ba"),
            read_preferences([row["label"] for row in own], "label"),
        )
        print(f"{judge:50} {found.consistent.value:.3f} of {found.pairs} ({found.verdict}), right in both {found.right_in_both.value:.3f}")
        assert found.consistent.value == pytest.approx(np.mean([row["decision_ab"] == turned[row["decision_ba"]] for row in both]))
        if found.flagged:
            flagged.add(judge)
    assert len(flagged) == 2
    assert all(judge.startswith("arena_hard:") for judge in flagged)
