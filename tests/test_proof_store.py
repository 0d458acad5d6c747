"""Equal values have equal prints, and stores find what is twice there or nowhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from sandboxctl.data.chance.mix import U64
from sandboxctl.data.proof.prints import joined, prints
from sandboxctl.data.proof.reading import units
from sandboxctl.data.proof.store import Store, multitudes, repeats, strangers

TEXTS = ["", "a", "b", "ab", "ba", "aa", "aab", "Zoë", "Zoe", "a" * 2_000, "a" * 1_999]


def numbers(*values: int) -> U64:
    return np.array(values, np.uint64)


def uuids(*values: bytes) -> pa.Array:
    return pa.ExtensionArray.from_storage(pa.uuid(), pa.array(values, pa.binary(16)))


@pytest.mark.parametrize(
    "array",
    [
        pa.array(TEXTS),
        pa.array(range(-500, 500)),
        pa.array([False, True]),
        pa.array([Decimal("-0.01"), Decimal("0.01"), Decimal("1.00")], pa.decimal128(20, 2)),
        pa.array([date(1969, 12, 31), date(1970, 1, 1)]),
        pa.array([-1, 0, 1], pa.timestamp("s", "UTC")),
        pa.array([-1, 0, 1], pa.duration("s")),
        uuids(bytes(15) + b"\1", b"\1" + bytes(15), bytes(8) + b"\1" + bytes(7)),
        pa.array(TEXTS).dictionary_encode(),
    ],
    ids=lambda array: str(array.type),
)
def test_different_values_have_different_prints_wherever_they_stand(array: pa.Array) -> None:
    found = prints(array).tolist()
    assert len(set(found)) == len(array)
    assert prints(array.slice(1)).tolist() == found[1:]
    assert prints(array.slice(0, 0)).tolist() == []


def test_a_text_has_its_print_alone_and_in_a_dictionary() -> None:
    twice = pa.array(["b", "a", "b"])
    assert prints(twice).tolist() == prints(twice.dictionary_encode()).tolist()
    assert prints(twice)[0] == prints(pa.array(["b"]))[0] == prints(twice)[2]


def test_columns_together_are_in_order() -> None:
    one, two = numbers(1, 2, 1), numbers(2, 1, 2)
    first, second, third = joined([one, two]).tolist()
    assert first == third != second
    assert joined([two, one])[0] == second


def test_units_are_those_of_values() -> None:
    amounts = pa.array([Decimal("-1.50"), Decimal("2.25")], pa.decimal128(20, 2))
    assert units(amounts).tolist() == [-150, 225]
    assert units(amounts.slice(1)).tolist() == [225]
    assert units(pa.array([date(1970, 1, 3)])).tolist() == [2]
    assert units(pa.array([True, False])).tolist() == [1, 0]


@pytest.mark.parametrize("in_memory", [3, 1_000_000])
def test_a_store_counts_what_came_before_in_memory_and_on_disk(in_memory: int) -> None:
    with Store(in_memory) as store:
        store.add(numbers(5, 2**63, 2**64 - 1, 7))
        store.add(numbers(5))
        store.add(numbers(2**63, 5, 1))
        assert repeats(store) == 3
        assert multitudes(store) == {1: 3, 2: 1, 3: 1}
        assert sorted(n for part in store.parts() for n in part.tolist()) == [
            1, 5, 5, 5, 7, 2**63, 2**63, 2**64 - 1,
        ]  # fmt: skip


@pytest.mark.parametrize("mine", [2, 1_000_000])
@pytest.mark.parametrize("theirs", [2, 1_000_000])
def test_a_store_finds_what_another_one_does_not_hold(mine: int, theirs: int) -> None:
    with Store(mine) as children, Store(theirs) as parents:
        parents.add(numbers(1, 2, 3))
        parents.add(numbers(2**63))
        children.add(numbers(1, 1, 4, 2**63, 2**62))
        children.add(numbers(3, 2**63 + 1))
        assert strangers(children, parents) == 3
        assert strangers(parents, parents) == 0


def test_an_empty_store_has_nothing_twice() -> None:
    with Store() as store:
        assert repeats(store) == 0
        store.add(numbers())
        assert repeats(store) == 0
