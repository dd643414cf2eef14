"""Whether what is asked has moved."""

import numpy as np

from sightline.stats.drift import counted_drift, embedding_drift
from sightline.stats.ratios import clustered_ratio


def test_quiet_periods_are_rarely_called_moved() -> None:
    random = np.random.default_rng(1)
    mixture = random.dirichlet(np.ones(40))
    called = []
    for seed in range(120):
        # days differ from each other by more than chance, as they do
        days = np.array([random.multinomial(300, random.dirichlet(mixture * 200)) for _ in range(14)])
        called.append(counted_drift(days[:7], days[7:], draws=200, seed=seed).p_value <= 0.05)
    assert np.mean(called) <= 0.1


def test_another_mixture_is_seen_and_disjoint_ones_are_one_apart() -> None:
    same, other = np.tile([30, 30, 0], (6, 1)), np.tile([30, 15, 15], (6, 1))
    found = counted_drift(same, other)
    assert found.p_value < 0.01
    assert found.distance > found.high
    assert counted_drift([[1, 0]] * 5, [[0, 1]] * 5).distance == 1
    assert not counted_drift([[1, 0]] * 4, [[0, 1]] * 5).enough


def test_embeddings_that_moved_are_told_from_those_that_did_not() -> None:
    random = np.random.default_rng(2)
    blocks = np.repeat(np.arange(12), 40)
    quiet = random.standard_normal((480, 32))
    assert embedding_drift(quiet, blocks, blocks >= 6).p_value > 0.01
    moved = quiet + np.where(blocks >= 6, 0.8, 0.0)[:, None] * (np.arange(32) < 4)
    assert embedding_drift(moved, blocks, blocks >= 6).p_value < 0.01


def test_rows_of_one_cluster_are_one_observation() -> None:
    random = np.random.default_rng(3)
    covered = 0
    for _ in range(400):
        means = random.normal(0, 1, 25)
        values = np.repeat(means, 8) + random.normal(0, 0.2, 200)
        covered += clustered_ratio(values, np.ones(200), np.repeat(np.arange(25), 8)).holds(0)
    assert 0.92 <= covered / 400 <= 0.98
    assert clustered_ratio([1, 2], [1, 1], [7, 7]).low == -np.inf
