"""Corrected rates of many segments or weeks that lend each other strength: narrower where labels are few, and said to be pooled."""

import numpy as np
from numpy.typing import ArrayLike

from sightline.stats.intervals import LEVEL, Array
from sightline.stats.rates import Rates, Strata, draw_shares

_DRAWS = 2_000
_CHUNK = 4_000_000  # numbers at once: 32 MB
_CENTRES = np.sin(np.linspace(0, np.pi / 2, 62)[1:-1]) ** 2  # evenly on the arcsine scale: Jeffreys' prior of a rate
_STRENGTHS = np.geomspace(0.5, 5_000, 28)


def pooled_rates(of: Strata, *, level: float = LEVEL, draws: int = _DRAWS, seed: int = 0) -> Rates:
    """The share that people would pass in each segment, what a verdict means being alike across segments as far as the labels say so.

    of: Strata with one leading axis, shape (segments, levels): values of one dimension, or the weeks of one segment. **No unit may be
    in two of them**: a label that is counted twice makes segments look more alike than they are. Returns Rates of shape (segments,);
    the value is the mean of the draws.

    For each verdict f the rates p_sf of the segments come from one Beta(μ_f κ_f, (1 − μ_f) κ_f): κ is how alike they are, and has to be
    learned. (μ, κ) is drawn from its posterior on a grid (Jeffreys' prior of μ, density (1 + κ)⁻² of κ), then p_sf from Beta(k + μκ, n
    − k + (1 − μ)κ); the rest is as in `corrected_rate`. Where segments differ κ is small and nothing is borrowed; where they don't, a
    segment without labels gets the others' rate.

    **It pools**: intervals hold on average over segments; the one whose judge errs unlike all others is drawn towards them. Show
    `corrected_rate` for a segment that is looked at because it stands out, and say which of both is shown. Raises ValueError unless
    there is one leading axis. Source: Gelman et al. (2013), Bayesian Data Analysis, 5.3 (beta-binomial, there the rat tumours).
    Coverage measured: docs/calibration.md.
    """
    if of.passed.ndim != 2:
        raise ValueError(f"pooling takes Strata of shape (segments, levels): this has {of.passed.shape}.")
    segments, levels = of.passed.shape
    random = np.random.default_rng(seed)
    q = np.where(np.isfinite(of.shares), of.shares, 1 / levels)
    judged, population = (np.broadcast_to(size, (segments,)) for size in (of.judged, of.population))
    priors = [_draw_priors(of.passed[:, f], of.labelled[:, f], draws, random) for f in range(levels)]
    value, low, high = (np.empty(segments) for _ in range(3))
    step = max(1, _CHUNK // (draws * levels))
    for begin in range(0, segments, step):
        rows = slice(begin, begin + step)
        drawn = np.stack([_draw_rates(of.passed[rows, f], of.labelled[rows, f], *priors[f], random) for f in range(levels)], axis=-1)
        rates = (draw_shares(random, q[rows], judged[rows], population[rows], draws) * drawn).sum(axis=-1)
        value[rows] = rates.mean(axis=0)
        low[rows], high[rows] = np.quantile(rates, [(1 - level) / 2, (1 + level) / 2], axis=0)
    unknown = ~np.isfinite(of.shares).all(axis=1) | (of.labelled.sum() <= 0)
    return Rates(np.where(unknown, np.nan, value), np.where(unknown, 0, low), np.where(unknown, 1, high))


def blocked_rates(
    blocks: Strata,
    at: ArrayLike,
    shares: Array,
    judged: Array,
    population: Array,
    *,
    level: float = LEVEL,
    draws: int = _DRAWS,
    seed: int = 0,
) -> Rates:
    """The rate of each of many short periods, none of which has labels enough to say what a verdict means in it.

    blocks: Strata of shape (blocks, levels), longer stretches of time that share no label; what a verdict means is one thing within a
    block, and alike across blocks as far as the labels say so (`pooled_rates`); of a single block its labels alone decide (Jeffreys).
    at: shape (periods,), the block that each period belongs to. shares: shape (periods, levels), the verdicts of the period, NaN in a
    period with none. judged, population: shape (periods,). Returns Rates of shape (periods,), NaN and (0, 1) where there is nothing.
    """
    own = np.asarray(at, dtype=np.int64)
    count, levels = blocks.passed.shape
    random = np.random.default_rng(seed)
    drawn = np.empty((draws, count, levels))
    for f in range(levels):
        k, n = blocks.passed[:, f], blocks.labelled[:, f]
        a, b = _draw_priors(k, n, draws, random) if count > 1 else (np.full(draws, 0.5), np.full(draws, 0.5))
        drawn[:, :, f] = _draw_rates(k, n, a, b, random)
    q = np.where(np.isfinite(shares), shares, 1 / levels)
    value, low, high = (np.empty(own.size) for _ in range(3))
    step = max(1, _CHUNK // (draws * levels))
    for begin in range(0, own.size, step):
        rows = slice(begin, begin + step)
        meant = drawn[:, own[rows], :]
        # What people would say of just these units, not of all like them: a share of few units differs from the rate behind it.
        spread = np.sqrt(meant * (1 - meant) / np.maximum(q[rows] * population[rows, None], 1))
        said = np.clip(meant + spread * random.standard_normal(meant.shape), 0, 1)
        rates = (draw_shares(random, q[rows], judged[rows], population[rows], draws) * said).sum(axis=-1)
        value[rows] = (q[rows] * meant).sum(axis=-1).mean(axis=0)
        low[rows], high[rows] = np.quantile(rates, [(1 - level) / 2, (1 + level) / 2], axis=0)
    unknown = ~np.isfinite(shares).all(axis=1) | (blocks.labelled.sum() <= 0)
    return Rates(np.where(unknown, np.nan, value), np.where(unknown, 0, low), np.where(unknown, 1, high))


def _draw_priors(k: Array, n: Array, draws: int, random: np.random.Generator) -> tuple[Array, Array]:
    """(μκ, (1 − μ)κ), each of shape (draws,), from their posterior given one verdict's counts in every segment."""
    seen = n > 0
    k, n = k[seen], n[seen]
    a, b = np.outer(_CENTRES, _STRENGTHS).ravel(), np.outer(1 - _CENTRES, _STRENGTHS).ravel()
    log = np.tile(np.log(_STRENGTHS) - 2 * np.log1p(_STRENGTHS), _CENTRES.size)  # the density, times κ for the geometric grid
    step = max(1, _CHUNK // (8 * a.size))
    for begin in range(0, k.size, step):
        here = slice(begin, begin + step)
        passed, failed = k[here, None], np.maximum(n[here] - k[here], 0)[:, None]
        log = log + (_log_beta(passed + a, failed + b) - _log_beta(a, b)).sum(axis=0)
    chance = np.exp(log - log.max())
    chosen = random.choice(a.size, size=draws, p=chance / chance.sum())
    return a[chosen], b[chosen]


def _draw_rates(k: Array, n: Array, a: Array, b: Array, random: np.random.Generator) -> Array:
    """Shape (draws, segments)."""
    return random.beta(k + a[:, None], np.maximum(n - k, 0) + b[:, None])


def _log_beta(a: Array, b: Array) -> Array:
    return _log_gamma(a) + _log_gamma(b) - _log_gamma(a + b)


def _log_gamma(x: Array) -> Array:
    """log Γ(x) for x > 0, within 1e-9: Stirling's series at x + 7 (Abramowitz & Stegun 6.1.41) and the recurrence down."""
    up = x + 7
    down = np.log(x * (x + 1) * (x + 2) * (x + 3) * (x + 4) * (x + 5) * (x + 6))
    series = 1 / (12 * up) - 1 / (360 * up**3) + 1 / (1260 * up**5)
    return np.asarray((up - 0.5) * np.log(up) - up + 0.5 * np.log(2 * np.pi) + series - down, dtype=np.float64)
