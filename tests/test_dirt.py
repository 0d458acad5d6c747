"""Mistakes on purpose: as many as asked for, nobody's identifier, and the truth beside them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
import pytest

from sandboxctl.data.arrow import written
from sandboxctl.data.dataset import batches
from sandboxctl.data.dirt.safe import are_safe
from sandboxctl.data.dirt.spoil import decoded_wrongly, mistyped
from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.model import Data
from sandboxctl.data.preview import CHUNK, page
from sandboxctl.data.problems import problems
from sandboxctl.data.scope import Dataset

Options = dict[str, Any]
Row = dict[str, str | None]

ROWS = 3_000
NAMES = ["Zoë", "Siân", "Ŵyn", "Ann", "O'Neil", "Łukasz"]
COLUMNS: dict[str, Options] = {
    "id": {"kind": "sequence", "start": 100},
    "first": {"kind": "text", "of": NAMES},
    "last": {"kind": "surname", "missing": 0.2},
    "town": {"kind": "text", "of": ["Bath", "York"], "missing": 0.3},
    "plain": {"kind": "text", "of": ["ASCII only"]},
    "marks": {"kind": "text", "of": ["…", "?!"]},
    "mobile": {"kind": "mobile"},
    "landline": {"kind": "landline", "missing": 0.4},
    "nhs": {"kind": "nhs_number"},
    "postcode": {"kind": "postcode"},
    "address": {"kind": "address"},
    "spare": {"kind": "mobile", "missing": 0.5},
    "visits": {"kind": "integer", "between": [0, 9]},
    "greeting": {"kind": "expression", "of": "first + '!'"},
}
TYPOS = ["first", "last", "plain", "marks", "mobile", "nhs", "postcode", "address"]


def table(dirt: Options | None = None, rows: Any = ROWS, **more: Options) -> Options:
    return {"rows": rows, "columns": COLUMNS | more} | ({"dirt": dirt} if dirt else {})


def dataset(dirt: Options | None = None, rows: int = ROWS, **more: Any) -> Dataset:
    return Dataset(
        Data.model_validate({"seed": 7, "tables": {"people": table(dirt, rows, **more)}})
    )


def rows_of(made: Dataset, table: str, size: int = 16_384) -> list[Row]:
    found: list[Row] = []
    for batch in batches(made, table, size=size):
        columns = [written(column).to_pylist() for column in batch]
        found += [dict(zip(batch.schema.names, row, strict=True)) for row in zip(*columns)]  # noqa: B905
    return found


def differing(dirt: Options) -> tuple[list[Row], list[Row], dict[tuple[int, str], Row]]:
    """The rows as they stand and as they were meant, and the truth by row and field."""
    made = dataset(dirt)
    truth = {(int(t["row"] or 0), t["field"] or ""): t for t in rows_of(made, "people_truth")}
    return rows_of(made, "people"), rows_of(dataset(), "people"), truth


@pytest.mark.parametrize(
    "dirt",
    [
        {"typos": {"rate": 0.2, "columns": TYPOS}},
        {"swapped": {"rate": 0.2, "columns": ["first", "last"]}},
        {"swapped": {"rate": 0.5, "columns": ["last", "town"]}},
        {"wrong_encoding": {"rate": 0.3, "columns": ["first"]}},
        {
            "typos": {"rate": 1, "columns": ["first", "last"]},
            "swapped": {"rate": 1, "columns": ["first", "last"]},
            "wrong_encoding": {"rate": 1, "columns": ["first", "last", "town"]},
        },
    ],
)
def test_the_truth_has_exactly_the_cells_that_differ(dirt: Options) -> None:
    stands, meant, truth = differing(dirt)
    expected = {
        (number, name): (right[name], cell)
        for number, (row, right) in enumerate(zip(stands, meant, strict=True), 1)
        for name, cell in row.items()
        if cell != right[name]
    }
    assert {key: (one["meant"], one["stands"]) for key, one in truth.items()} == expected
    assert len(expected) > 100
    for (number, _), one in truth.items():
        assert one["record"] == str(number + 99)
        assert {*(one["how"] or "").split(" + ")} <= dirt.keys()


def test_mistakes_are_as_frequent_as_asked_for() -> None:
    _, _, truth = differing(
        {
            "typos": {"rate": 0.1, "columns": ["mobile", "first"]},
            "swapped": {"rate": 0.05, "columns": ["mobile", "spare"]},
            "wrong_encoding": {"rate": 0.2, "columns": ["greeting"]},
        }
    )
    seen = Counter(how for one in truth.values() for how in (one["how"] or "").split(" + "))
    # a number may be safe with none of its slips; half of the greetings are ASCII
    assert seen["typos"] / ROWS == pytest.approx(0.075, abs=0.03)
    assert seen["wrong_encoding"] / ROWS == pytest.approx(0.2 * 4 / 6, abs=0.03)
    assert seen["swapped"] / ROWS == pytest.approx(0.05, abs=0.02)  # no gap is left in `mobile`


def test_a_gap_does_not_move_into_a_column_without_any() -> None:
    stands, meant, _ = differing({"swapped": {"rate": 1, "columns": ["first", "last"]}})
    for row, right in zip(stands, meant, strict=True):
        whole = right["last"] is not None
        wrong = (right["last"], right["first"])
        assert (row["first"], row["last"]) == (wrong if whole else wrong[::-1])
    both = differing({"swapped": {"rate": 1, "columns": ["last", "town"]}})[0]
    assert {row["last"] for row in both} == {"Bath", "York", None}


def test_a_wrong_encoding_needs_letters_that_are_not_ascii() -> None:
    stands, meant, truth = differing({"wrong_encoding": {"rate": 1, "columns": ["first"]}})
    for row, right in zip(stands, meant, strict=True):
        assert (row["first"] == right["first"]) == (right["first"] or "").isascii()
    assert {one["meant"]: one["stands"] for one in truth.values()}["Zoë"] == "ZoÃ«"
    assert differing({"wrong_encoding": {"rate": 1, "columns": ["plain"]}})[2] == {}


@pytest.mark.slow
def test_identifiers_stay_in_their_safe_sets() -> None:
    columns = ["mobile", "nhs", "postcode", "address"]
    stands, meant, truth = differing({"typos": {"rate": 0.4, "columns": columns}})
    for kind, name in (("mobile", "mobile"), ("nhs_number", "nhs"), ("postcode", "postcode")):
        texts = pa.array([row[name] for row in stands], pa.string())
        assert IDENTIFIERS[kind].contains_all(texts).all()
    assert are_safe("address", [row["address"] or "" for row in stands]).all()
    assert list(are_safe("address", ["1 High Street", "1 High Street, Bath, BA1 1AA"])) == [
        True,
        False,
    ]
    assert {field for _, field in truth} >= {"mobile", "address"}
    assert any(row["address"] != right["address"] for row, right in zip(stands, meant, strict=True))


@pytest.mark.parametrize(
    ("kind", "mistake", "why"),
    [
        ("mobile", "typos", "nearly every slip in one of the mobile numbers would make one that"),
        (
            "nhs_number",
            "typos",
            "nearly every slip in one of the NHS numbers would make one that is",
        ),
        ("nino", "wrong_encoding", "has nothing but plain letters and digits, which any encoding"),
        ("nino", "typos", ""),
        ("surname", "wrong_encoding", ""),
    ],
)
def test_a_mistake_that_hardly_ever_happens_is_refused(kind: str, mistake: str, why: str) -> None:
    columns = {"id": {"kind": "sequence"}, "it": {"kind": kind}}
    dirt = {mistake: {"rate": 0.1, "columns": ["it"]}}
    table = {"rows": 10, "columns": columns, "dirt": dirt}
    found = [text for _, text in problems(Data.model_validate({"tables": {"people": table}}))]
    assert [text[: len(f"it: {why}")] for text in found] == ([f"it: {why}"] if why else [])


def test_other_columns_see_what_was_meant() -> None:
    stands, meant, _ = differing({"typos": {"rate": 1, "columns": ["first"]}})
    assert [row["greeting"] for row in stands] == [row["greeting"] for row in meant]


def test_duplicates_repeat_all_but_the_key() -> None:
    made = dataset({"duplicates": 0.1}, code={"kind": "uuid"})
    rows = rows_of(made, "people")
    assert len(rows) == made.sizes["people"] == 3_300
    assert [row["id"] for row in rows] == [str(n + 100) for n in range(3_300)]
    assert len({row["code"] for row in rows}) == 3_300
    truth = rows_of(made, "people_truth")
    assert [one["row"] for one in truth] == [str(n) for n in range(3_001, 3_301)]
    assert {(one["how"], one["field"], one["stands"]) for one in truth} == {
        ("duplicate", None, None)
    }
    by_key = {row["id"]: row for row in rows}
    for one in truth:
        again, first = by_key[one["record"]], by_key[one["meant"]]
        differs = {name for name in again if again[name] != first[name]}
        assert differs == {"id", "code"}
    assert len({one["meant"] for one in truth}) == 300
    assert rows[:ROWS] == rows_of(dataset(code={"kind": "uuid"}), "people")


def test_who_enters_a_row_again_slips_elsewhere() -> None:
    made = dataset({"duplicates": 0.5, "typos": {"rate": 0.5, "columns": ["last"]}})
    by_key = {row["id"]: row for row in rows_of(made, "people")}
    pairs = [
        (by_key[one["meant"]]["last"], by_key[one["record"]]["last"])
        for one in rows_of(made, "people_truth")
        if one["how"] == "duplicate"
    ]
    named = [pair for pair in pairs if pair[0]]
    alike = sum(first == again for first, again in named)
    assert 0.15 < alike / len(named) < 0.45  # a quarter has no mistake in either


@pytest.mark.slow
def test_mistakes_do_not_depend_on_chunks() -> None:
    dirt = {
        "typos": {"rate": 0.2, "columns": TYPOS},
        "swapped": {"rate": 0.2, "columns": ["last", "town"]},
        "duplicates": 0.2,
    }
    for table in ("people", "people_truth"):
        few = rows_of(dataset(dirt, 500), table, size=7)
        assert few == rows_of(dataset(dirt, 500), table, size=1_000)


def test_no_mistakes_no_truth() -> None:
    made = dataset({"typos": {"rate": 0, "columns": ["first"]}})
    assert rows_of(made, "people_truth") == []
    assert rows_of(made, "people") == rows_of(dataset(), "people")


def test_a_table_without_a_key_has_truth_by_row() -> None:
    content = {
        "rows": 20,
        "columns": {"name": {"kind": "full_name"}},
        "dirt": {"typos": {"rate": 1, "columns": ["name"]}},
    }
    made = Dataset(Data.model_validate({"tables": {"t": content}}))
    truth = rows_of(made, "t_truth")
    assert {one["record"] for one in truth} == {None}
    rows = [int(one["row"] or 0) for one in truth]
    assert rows == sorted(set(rows))


def test_a_page_of_truth_is_looked_for_as_far_as_it_takes() -> None:
    content = {
        "rows": 3 * CHUNK,
        "columns": {"name": {"kind": "full_name"}},
        "dirt": {"typos": {"rate": 0.001, "columns": ["name"]}},
    }
    made = Dataset(Data.model_validate({"tables": {"t": content}}))
    whole = rows_of(made, "t_truth")
    assert len(whole) > 3
    assert page(made, "t_truth", 0, CHUNK) == whole
    assert page(made, "t_truth", 0, 3) == whole[:3]


BOTH = ["first", "last"]
SLIP = {"rate": 0.1}


@pytest.mark.parametrize(
    ("dirt", "why"),
    [
        ({"typos": SLIP | {"columns": ["nobody"]}}, "nobody is not a column of people"),
        ({"typos": SLIP | {"columns": ["id"]}}, "a mistake in it would break references"),
        ({"typos": SLIP | {"columns": ["code"]}}, "a mistake in it would break references"),
        ({"typos": SLIP | {"columns": ["friend"]}}, "a mistake in it would break references"),
        ({"typos": SLIP | {"columns": ["secret"]}}, "hidden, so nobody would see"),
        ({"wrong_encoding": SLIP | {"columns": ["visits"]}}, "holds a whole number"),
        ({"swapped": SLIP | {"columns": ["first", "nobody"]}}, "nobody is not a column"),
        ({"swapped": SLIP | {"columns": ["first", "first"]}}, "exchanged with itself"),
        ({"swapped": SLIP | {"columns": ["first", "nhs"]}}, "no value would be safe"),
        ({"swapped": SLIP | {"columns": ["nhs", "mobile"]}}, "no value would be safe"),
        ({"duplicates": 0.1}, "repeats code, so that cannot be unique"),
    ],
)
def test_what_is_refused(dirt: Options, why: str) -> None:
    more: dict[str, Any] = {
        "code": {"kind": "pattern", "pattern": "#######", "unique": True},
        "friend": {"kind": "reference", "to": "people.id"},
        "secret": {"kind": "text", "of": ["x"], "hidden": True},
    }
    found = [text for _, text in problems(dataset(dirt, **more).data)]
    assert any(why in text for text in found), found


def test_what_is_accepted() -> None:
    dirt: Options = {
        "typos": SLIP | {"columns": [name for name in TYPOS if name not in ("mobile", "nhs")]},
        "swapped": SLIP | {"columns": ["mobile", "spare"]},
        "wrong_encoding": SLIP | {"columns": BOTH},
        "duplicates": 0.3,
    }
    assert list(problems(dataset(dirt).data)) == []


def found(tables: Options) -> list[str]:
    every = problems(Data.model_validate({"tables": tables}))
    return [f"{'.'.join(map(str, path))}: {why}" for path, why in every]


def test_the_name_of_the_truth_is_taken() -> None:
    tables = {"people": table({"duplicates": 0.1}), "people_truth": table()}
    assert any("people.dirt: people_truth is a table already" in one for one in found(tables))


def test_rows_of_another_table_are_not_repeated() -> None:
    rows = {"per": "people", "count": 1}
    columns = {
        "person": {"kind": "reference", "to": "people.id"},
        "number": {"kind": "sequence", "within": "parent"},
        "said": {"kind": "text", "of": ["a"]},
    }
    visits = {"rows": rows, "columns": columns, "dirt": {"duplicates": 0.1}}
    why = found({"people": table(), "visits": visits})
    assert any("these rows belong to those of another table" in one for one in why)
    assert any("needs a column that tells rows apart" in one for one in why)


def test_a_column_of_the_key_has_no_mistakes() -> None:
    rows = {"per": "people", "history": "state"}
    columns = {
        "person": {"kind": "reference", "to": "people.id"},
        "state": {"kind": "state", "start": "a", "next": {"a": "b"}},
    }
    dirt = {"typos": {"rate": 0.1, "columns": ["state"]}}
    events = {"rows": rows, "columns": columns, "key": ["person", "state"], "dirt": dirt}
    why = found({"people": table(), "events": events})
    assert any("a mistake in it would break references" in one for one in why)


SLIPS = [mistyped("Ann-Marie 7", bits) for bits in range(4 * 10 * 4)]


def test_slips_are_those_of_a_hand() -> None:
    assert {"An-Marie 7", "Annn-Marie 7", "nAn-Marie 7", "Snn-Marie 7", "Ann-Marie 6"} <= {*SLIPS}
    assert "Ann-Marie 8" in SLIPS
    assert all(abs(len(slip) - 11) <= 1 for slip in SLIPS)


@pytest.mark.parametrize("text", ["", "…", "?!"])
def test_nothing_to_slip_on(text: str) -> None:
    assert {mistyped(text, bits) for bits in range(40)} == {text}


def test_slips_on_one_letter() -> None:
    assert {mistyped("a", bits) for bits in range(16)} == {"a", "aa", "l", "s"}
    assert {mistyped("é", bits) for bits in range(16)} == {"é", "éé"}


def test_decoded_wrongly() -> None:
    assert decoded_wrongly("Zoë") == "ZoÃ«"
    assert decoded_wrongly("plain") == "plain"
    assert decoded_wrongly("à").isprintable()


def test_a_mistake_is_named_only_where_it_changed_something() -> None:
    ab = {"kind": "choice", "of": ["abc", "def"]}
    both = {"rate": 1, "columns": ["a", "b"]}
    table = {
        "rows": 200,
        "columns": {"id": {"kind": "sequence"}, "a": ab, "b": ab},
        "dirt": {"swapped": both, "wrong_encoding": both},
    }
    made = Dataset(Data.model_validate({"tables": {"people": table}}))
    truth = rows_of(made, "people_truth")
    assert 50 < len(truth) < 350
    assert {one["how"] for one in truth} == {"swapped"}
