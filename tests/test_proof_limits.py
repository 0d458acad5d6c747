"""Chance stays within its limits, and what is not chance leaves them."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from sandboxctl.data.chance.mix import below, draws, pick, stream
from sandboxctl.data.proof.limits import (
    divergence,
    likely,
    most_distance,
    most_divergence,
    variation,
)

# Upper 5 %, 1 % and 0.1 % points of chi-square, from printed tables: a proven limit lies above.
CHI_SQUARE = {
    1: (3.841, 6.635, 10.828),
    2: (5.991, 9.210, 13.816),
    5: (11.070, 15.086, 20.515),
    10: (18.307, 23.209, 29.588),
    30: (43.773, 50.892, 59.703),
    100: (124.342, 135.807, 149.449),
}


@pytest.mark.parametrize("degrees", CHI_SQUARE)
def test_a_limit_for_shares_lies_above_the_table_and_not_far(degrees: int) -> None:
    for alarm, point in zip((0.05, 0.01, 0.001), CHI_SQUARE[degrees], strict=True):
        assert point < most_divergence(degrees + 1, alarm) < 3 * point


def test_a_limit_for_shares_is_where_its_bound_is_the_alarm() -> None:
    half = most_divergence(8, 1e-6) / 2
    assert math.exp(-half) * (math.e * half / 7) ** 7 == pytest.approx(1e-6)


def test_one_value_leaves_nothing_to_chance() -> None:
    assert most_divergence(1, 1e-6) == 0


@pytest.mark.parametrize(("alarm", "factor"), [(0.10, 1.224), (0.05, 1.358), (0.01, 1.628)])
def test_a_limit_for_curves_is_the_table_s_over_the_root_of_rows(
    alarm: float, factor: float
) -> None:
    assert most_distance(10_000, alarm) == pytest.approx(factor / 100, abs=1e-5)


@pytest.mark.parametrize("rate", [0.02, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("rows", [1, 10, 60])
def test_a_rate_leaves_its_limits_no_more_often_than_it_may(rate: float, rows: int) -> None:
    low, high = likely(rate, rows, 0.05)
    share = Fraction(rate)
    inside = sum(
        math.comb(rows, hits) * share**hits * (1 - share) ** (rows - hits)
        for hits in range(low, high + 1)
    )
    assert 1 - inside <= 0.05
    assert low <= math.ceil(rate * rows)
    assert high >= math.floor(rate * rows)


def test_limits_of_a_rate_close_in_on_it() -> None:
    low, high = likely(0.1, 1_000_000, 1e-8)
    # six and a bit standard deviations of 300
    assert 98_000 < low < 98_300
    assert 101_700 < high < 102_000


@pytest.mark.parametrize(("rate", "only"), [(0, 0), (1, 500)])
def test_never_and_always_are_exact(rate: float, only: int) -> None:
    assert likely(rate, 500, 1e-9) == (only, only)


def test_divergence_is_the_likelihood_ratio() -> None:
    assert divergence([30, 70], [0.5, 0.5]) == pytest.approx(
        2 * (30 * math.log(0.6) + 70 * math.log(1.4))
    )
    assert divergence([50, 50], [0.5, 0.5]) == 0
    assert divergence([99, 1], [1, 0]) == math.inf
    assert divergence([0, 0], [0.5, 0.5]) == 0


def test_variation_is_the_share_of_rows_that_would_have_to_change() -> None:
    assert variation([30, 70], [0.5, 0.5]) == pytest.approx(0.2)
    assert variation([0, 0], [0.5, 0.5]) == 0


def test_shares_leave_their_limit_no_more_often_than_they_may() -> None:
    """Every outcome of few draws, with its probability: no approximation is left."""
    shares, rows, limit = [0.7, 0.2, 0.1], 12, most_divergence(3, 0.05)
    outside = 0.0
    for a, b in product(range(rows + 1), repeat=2):
        if (c := rows - a - b) >= 0 and divergence([a, b, c], shares) > limit:
            ways = math.comb(rows, a) * math.comb(rows - a, b)
            outside += ways * 0.7**a * 0.2**b * 0.1**c
    assert 0 < outside <= 0.05


@pytest.mark.parametrize("seed", range(20))
def test_honest_draws_stay_within(seed: int) -> None:
    weights = tuple(1 / n for n in range(1, 51))
    bits = draws(stream(seed, "limits"), np.arange(20_000, dtype=np.uint64))
    counts = np.bincount(pick(bits, weights), minlength=50).tolist()
    shares = [weight / sum(weights) for weight in weights]
    assert divergence(counts, shares) < most_divergence(50, 0.001)
    even = np.bincount(below(bits, 10).astype(np.int64), minlength=10)
    far = np.abs(np.cumsum(even) / 20_000 - np.arange(1, 11) / 10).max()
    assert far < most_distance(20_000, 0.001)
