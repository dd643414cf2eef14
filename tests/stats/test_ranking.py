"""Rankings of documents."""

from math import log2, nan

import pytest

from sightline.stats.ranking import ranking


def test_measures_of_a_ranking_by_hand() -> None:
    # Järvelin & Kekäläinen's example, its first five gains, with their later base: log2(place + 1)
    gains = [3, 2, 3, 0, 0]
    found = ranking(gains, k=5, relevant=2)
    dcg = 3 + 2 / log2(3) + 3 / 2
    best = 3 + 3 / log2(3) + 2 / 2
    assert found.ndcg == pytest.approx(dcg / best)
    assert (found.precision, found.reciprocal_rank, found.hit, found.judged) == (0.6, 1.0, 1.0, 1.0)


def test_what_nobody_judged_is_left_out() -> None:
    found = ranking([None, 0, None, 1, 1], k=2)
    assert (found.precision, found.reciprocal_rank, found.hit) == (0.5, 0.5, 1.0)
    assert found.judged == 0.5
    nothing = ranking([None, None], k=2)
    assert nothing.judged == 0
    assert str(nothing.precision) == str(nan)


def test_a_relevant_document_that_was_not_found_costs() -> None:
    assert ranking([1, 0], k=2).ndcg == 1
    assert ranking([1, 0], k=2, others=[1]).ndcg == pytest.approx(1 / (1 + 1 / log2(3)))


def test_k_counts_from_the_first() -> None:
    assert ranking([0, 0, 1], k=2).hit == 0
    assert ranking([0, 0, 1], k=3).reciprocal_rank == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="1 or more"):
        ranking([1], k=0)
