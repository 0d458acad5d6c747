"""Every form of values, as an array and as text: what is missing, and what is only part of one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest

from sandboxctl.data.arrow import array, batch, column, text, written
from sandboxctl.data.chance.mix import Index
from sandboxctl.data.scope import Dataset
from sandboxctl.data.values import (
    Cells,
    Codes,
    Days,
    Flags,
    Joined,
    Numbers,
    Optional,
    Patched,
    Seconds,
    Spans,
    Texts,
    Uuids,
    Values,
)
from tests.everything import dataset


def whole(*numbers: int) -> Index:
    return np.array(numbers, np.int64)


def bits(*numbers: int) -> np.typing.NDArray[np.uint64]:
    return np.array(numbers, np.uint64)


UUIDS = Uuids(bits(0x0123456789ABCDEF, 2**64 - 1, 0), bits(0xFEDCBA9876543210, 0, 7))
FORMS: list[tuple[Values, list[Any], list[str]]] = [
    (Numbers(whole(0, -5, 2**62)), [0, -5, 2**62], ["0", "-5", str(2**62)]),
    (
        Numbers(whole(0, -5, 12_345), places=2),
        [Decimal("0.00"), Decimal("-0.05"), Decimal("123.45")],
        ["0.00", "-0.05", "123.45"],
    ),
    (Numbers(whole(7, 0, 999), width=3), ["007", "000", "999"], ["007", "000", "999"]),
    (
        Numbers(whole(1, 123_456_789, 10**10 - 1), width=10),
        ["0000000001", "0123456789", "9999999999"],
        ["0000000001", "0123456789", "9999999999"],
    ),
    (Codes(("a", "é", ""), whole(2, 0, 1)), ["", "a", "é"], ["", "a", "é"]),
    (Codes(("a", "b", "a"), whole(2, 0, 1)), ["a", "a", "b"], ["a", "a", "b"]),
    (Flags(np.array([True, False, True])), [True, False, True], ["true", "false", "true"]),
    (
        Days(whole(0, -1, 20_000)),
        [date(1970, 1, 1), date(1969, 12, 31), date(2024, 10, 4)],
        ["1970-01-01", "1969-12-31", "2024-10-04"],
    ),
    (
        Seconds(whole(0, -1, 86_400)),
        [
            datetime(1970, 1, 1, tzinfo=UTC),
            datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
            datetime(1970, 1, 2, tzinfo=UTC),
        ],
        ["1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "1970-01-02T00:00:00Z"],
    ),
    (
        Spans(whole(0, -90, 86_401)),
        [timedelta(), timedelta(seconds=-90), timedelta(days=1, seconds=1)],
        ["PT0S", "PT-90S", "PT86401S"],
    ),
    (
        UUIDS,
        [
            UUID("01234567-89ab-cdef-fedc-ba9876543210"),
            UUID("ffffffff-ffff-ffff-0000-000000000000"),
            UUID("00000000-0000-0000-0000-000000000007"),
        ],
        [
            "01234567-89ab-cdef-fedc-ba9876543210",
            "ffffffff-ffff-ffff-0000-000000000000",
            "00000000-0000-0000-0000-000000000007",
        ],
    ),
]  # fmt: skip

TEXTS: list[tuple[Values, list[str]]] = [
    (Joined(("QQ", Codes(("01", "02"), whole(0, 1, 0)), "A")), ["QQ01A", "QQ02A", "QQ01A"]),
    (
        Joined((Codes(("a", "bc"), whole(0, 1, 0)), "-", Numbers(whole(1, 22, 3)))),
        ["a-1", "bc-22", "a-3"],
    ),
    (
        Joined((Numbers(whole(1, 22, 3)), "-", "!", Flags(np.array([True, False, True])))),
        ["1-!true", "22-!false", "3-!true"],
    ),
    (
        Joined((Codes(("", ""), whole(0, 1, 0)), Days(whole(0, 1, 2)))),
        ["1970-01-01", "1970-01-02", "1970-01-03"],
    ),
    (
        Joined((Codes(("é", "ü"), whole(0, 1, 0)), Codes(("x", "y"), whole(1, 1, 0)))),
        ["éy", "üy", "éx"],
    ),
    (Optional(Numbers(whole(1, 2, 3)), np.array([True, False, True])), ["1", "", "3"]),
    (Texts(pa.array(["a", "", "家"])), ["a", "", "家"]),
    (Patched(Codes(("a", "b"), whole(0, 1, 0)), whole(1), ("ß",)), ["a", "ß", "a"]),
    (Patched(Numbers(whole(1, 2, 3)), whole(0, 2), ("x", "")), ["x", "2", ""]),
    (Patched(Numbers(whole(1, 2, 3)), whole(), ()), ["1", "2", "3"]),
]
FORMS += [(values, list[Any](texts), texts) for values, texts in TEXTS]
each_form = pytest.mark.parametrize(
    ("values", "cells", "texts"), FORMS, ids=lambda one: type(one).__name__
)


@each_form
def test_values_become_arrays_and_texts(values: Values, cells: list[Any], texts: list[str]) -> None:
    made = array(values)
    assert made.to_pylist() == cells
    assert text(values).to_pylist() == written(made).to_pylist() == texts
    assert pa.types.is_string(text(values).type)
    assert pa.types.is_string(written(made).type)
    made.validate(full=True)


@each_form
def test_what_is_missing_is_null(values: Values, cells: list[Any], texts: list[str]) -> None:
    made = column(Cells(values, np.array([False, True, False])))
    made.validate(full=True)
    assert made.null_count == 1
    assert made.to_pylist() == [cells[0], None, cells[2]]
    assert written(made).to_pylist() == [texts[0], None, texts[2]]
    assert column(Cells(values)).null_count == 0


@each_form
def test_a_part_of_an_array_is_written_alike(
    values: Values, cells: list[Any], texts: list[str]
) -> None:
    made = column(Cells(values, np.array([False, False, True])))
    assert written(made.slice(1)).to_pylist() == [texts[1], None]
    assert written(made.slice(1, 1)).to_pylist() == texts[1:2]
    assert made.slice(1, 1).to_pylist() == cells[1:2]


def test_nothing_at_all() -> None:
    codes = Codes(("a",), whole())
    none: list[Values] = [Numbers(whole()), Codes((), whole()), codes, Uuids(bits(), bits())]
    for values in [*none, Joined((codes, codes)), Patched(codes, whole(), ())]:
        assert column(Cells(values, np.zeros(0, np.bool_))).to_pylist() == []
        assert written(array(values)).to_pylist() == text(values).to_pylist() == []


def test_missing_in_texts_that_have_a_place_of_their_own() -> None:
    """A text array may be part of another, or have nulls of its own."""
    part = Texts(pa.array(["before", "a", "b", None]).slice(1))
    assert column(Cells(part, np.array([True, False, False]))).to_pylist() == [None, "b", None]


@pytest.mark.parametrize(
    "days",
    [
        [*range(-400, 4_000)],
        [*range(-400, 4_000, 3), 2_932_896, -354_285],  # 9999-12-31 and 1000-01-01
        [2_932_896 - day for day in range(3_000)],
    ],
)
def test_many_days(days: list[int]) -> None:
    expected = [(date(1970, 1, 1) + timedelta(day)).isoformat() for day in days]
    made = array(Days(whole(*days)))
    assert written(made).to_pylist() == expected
    assert written(made.slice(7)).to_pylist() == expected[7:]
    gaps = column(Cells(Days(whole(*days)), np.arange(len(days)) % 3 == 0))
    assert written(gaps).to_pylist() == [
        day if place % 3 else None for place, day in enumerate(expected)
    ]
    none = column(Cells(Days(whole(*days)), np.ones(len(days), np.bool_)))
    assert set(written(none).to_pylist()) == {None}


def test_a_batch_has_all_columns_of_some_rows() -> None:
    made: Dataset = dataset(homes=20, repairs=10)
    some = batch(made.scope("visits", bits(3, 0, 3)))
    assert some.schema.names == list(made.data.tables["visits"].columns)
    rows = some.to_pylist()
    assert rows[0] == rows[2] != rows[1]
