"""The mixing function: fixed, even, and a bijection where it has to be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxctl.data.chance.mix import U64, below, draws, happens, octaves, permute, pick, stream


def rows(count: int, start: int = 0) -> U64:
    return np.arange(start, start + count, dtype=np.uint64)


def test_the_published_test_vector_of_splitmix64() -> None:
    # state 1234567 in the reference implementation; its first state is one step ahead of row 0
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert draws(1234567, rows(3, start=1)).tolist() == expected


def test_streams_are_fixed_for_ever() -> None:
    assert stream(2026, "homes", "uprn") == 15718295994009683172
    assert stream(1, "ab", "c") != stream(1, "a", "bc")


@given(key=st.integers(0, 2**64 - 1), size=st.integers(1, 3_000))
def test_permute_is_a_bijection(key: int, size: int) -> None:
    assert sorted(permute(key, rows(size), size).tolist()) == list(range(size))


@given(key=st.integers(0, 2**64 - 1), size=st.integers(2**40, 2**63 + 1))
def test_permute_of_a_large_range_repeats_nothing(key: int, size: int) -> None:
    found = permute(key, rows(2_000), size)
    assert len(np.unique(found)) == 2_000
    assert found.max() < size


def test_permute_shuffles() -> None:
    moved = permute(7, rows(10_000), 10_000).astype(np.int64)
    steps = np.diff(moved)
    assert len(np.unique(steps)) > 5_000
    assert abs(np.corrcoef(moved, np.arange(10_000))[0, 1]) < 0.05


@pytest.mark.parametrize("size", [1, 7, 1000, 2**32, 2**32 + 1, 2**62])
def test_below_stays_below_and_is_even(size: int) -> None:
    found = below(draws(3, rows(20_000)), size)
    assert found.max() < size
    assert found.astype(float).mean() == pytest.approx((size - 1) / 2, rel=0.02)


def test_below_takes_a_size_for_each_row() -> None:
    sizes = np.tile(np.array([1, 2, 50], np.uint64), 1000)
    found = below(draws(5, rows(3000)), sizes)
    assert (found < sizes).all()
    assert found.reshape(1000, 3).max(axis=0).tolist() == [0, 1, 49]


@pytest.mark.parametrize("rate", [0, 0.03, 0.5, 1])
def test_happens_at_its_rate(rate: float) -> None:
    share = happens(draws(9, rows(100_000)), rate).mean()
    assert share == pytest.approx(rate, abs=0 if rate in (0, 1) else 0.005)


def test_pick_follows_the_weights() -> None:
    found = pick(draws(11, rows(100_000)), (2.0, 0.0, 5.0, 1.0, 0.0))
    shares = np.bincount(found, minlength=5) / 100_000
    assert shares == pytest.approx([0.25, 0, 0.625, 0.125, 0], abs=0.005)
    assert shares[[1, 4]].tolist() == [0, 0]


@pytest.mark.parametrize("size", [1, 2, 3, 1000, 1024])
def test_octaves_follow_zipf(size: int) -> None:
    ranks = octaves(draws(1, rows(200_000)), draws(2, rows(200_000)), size)
    assert ranks.max() == size - 1
    shares = np.bincount(ranks.astype(np.int64), minlength=size) / 200_000
    harmonic = sum(1 / rank for rank in range(1, size + 1))
    assert shares[0] == pytest.approx(1 / harmonic, rel=0.35)
    assert shares[0] >= shares[size // 2] >= 0
