"""Rows for each row of another table: how many, whose, and the same wherever one begins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from sandboxctl.data.chance.mix import U64
from sandboxctl.data.dataset import batches, row
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.relations import families
from sandboxctl.data.relations.counting import most_children, parent_table
from sandboxctl.data.relations.rows import LARGEST, Per, Poisson
from sandboxctl.data.relations.sizes import sizes
from sandboxctl.data.scope import Dataset, Scope

WEIGHTS = {0: 0.2, 1: 0.5, 4: 0.3}
POISSON = {"distribution": "poisson", "mean": 2.1, "most": 9}
HISTORY = {
    "kind": "state",
    "start": "new",
    "next": {"new": {"open": 0.7, "closed": 0.3}, "open": {"open": 0.4, "closed": 0.6}},
}
HOW: dict[str, dict[str, Any]] = {
    "fixed": {"count": 3},
    "weights": {"count": WEIGHTS},
    "poisson": {"count": POISSON},
    "history": {"history": "state"},
}


def table(rows: object, **columns: object) -> dict[str, object]:
    return {"rows": rows, "columns": {"id": {"kind": "sequence"}, **columns}}


def data(**tables: object) -> Data:
    return Data.model_validate({"seed": 7, "tables": tables})


def one_family(how: dict[str, Any], parents: int = 1000) -> Dataset:
    children = table(
        {"per": "parents", **how},
        parent={"kind": "reference", "to": "parents.id"},
        number={"kind": "sequence", "within": "parent"},
        state=HISTORY,
    )
    return Dataset(data(parents=table(parents), children=children))


def everything(dataset: Dataset, name: str = "children") -> Scope:
    return dataset.scope(name, np.arange(dataset.sizes[name], dtype=np.uint64))


def numbers(scope: Scope, name: str) -> list[int]:
    found: list[int] = scope.cells(name).values.values.tolist()  # type: ignore[union-attr]
    return found


def found(**tables: object) -> list[str]:
    return [f"{'.'.join(map(str, path[1:]))}: {why}" for path, why in problems(data(**tables))]


@pytest.fixture(params=HOW)
def dataset(request: pytest.FixtureRequest) -> Dataset:
    return one_family(HOW[request.param])


def test_every_child_has_a_parent_and_children_stand_in_the_order_of_parents(
    dataset: Dataset,
) -> None:
    parents, ordinals = families.locate(everything(dataset))
    assert len(parents) == dataset.sizes["children"] > 1000
    assert parents.max() < 1000
    assert (np.diff(parents.astype(np.int64)) >= 0).all()
    counts = np.bincount(parents.astype(np.int64), minlength=1000)
    assert ordinals.tolist() == [n for count in counts for n in range(count)]
    assert families.place(everything(dataset))[1].tolist() == counts[parents].tolist()
    assert counts.max() <= (most_children(dataset.data, "children") or 0)


def test_the_number_of_children_is_as_declared() -> None:
    whole = one_family(HOW["weights"], 20_000)
    counts = np.bincount(families.locate(everything(whole))[0].astype(np.int64), minlength=20_000)
    shares = np.bincount(counts) / 20_000
    assert shares == pytest.approx([0.2, 0.5, 0, 0, 0.3], abs=0.015)
    poisson = one_family(HOW["poisson"], 20_000)
    counts = np.bincount(families.locate(everything(poisson))[0].astype(np.int64))
    assert counts.mean() == pytest.approx(2.1, abs=0.05)
    assert counts.var() == pytest.approx(2.1, abs=0.1)
    assert counts.max() == 9


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_a_chunk_has_the_same_parents_as_the_whole(dataset: Dataset, size: int) -> None:
    parents, ordinals = families.locate(everything(dataset))
    total = min(len(parents), size * 50)
    for first in range(0, total, size):
        rows = np.arange(first, min(first + size, total), dtype=np.uint64)
        found_parents, found_ordinals = families.locate(dataset.scope("children", rows))
        assert found_parents.tolist() == parents[first : first + size].tolist()
        assert found_ordinals.tolist() == ordinals[first : first + size].tolist()


def some(total: int, count: int = 400) -> U64:
    """Rows in no order, some of them twice."""
    rows = np.arange(count, dtype=np.uint64) * np.uint64(7919) % np.uint64(total)
    return np.concatenate([rows, rows[:5]])


@pytest.mark.parametrize("count", [0, 400, 20_000])
def test_rows_in_any_order_have_the_same_parents_as_in_the_whole(
    dataset: Dataset, count: int
) -> None:
    parents, ordinals = families.locate(everything(dataset))
    rows = some(len(parents), count)
    found_parents, found_ordinals = families.locate(dataset.scope("children", rows))
    assert found_parents.tolist() == parents[rows].tolist()
    assert found_ordinals.tolist() == ordinals[rows].tolist()


def test_parents_find_their_children(dataset: Dataset) -> None:
    parents, ordinals = families.locate(everything(dataset))
    for rows in (np.arange(1000, dtype=np.uint64), some(1000), np.zeros(0, np.uint64)):
        scope = dataset.scope("parents", rows)
        children, starts, counts = families.children(scope, "children")
        assert children.table == "children"
        assert children.count == counts.sum()
        assert families.locate(children)[0].tolist() == parents[children.rows].tolist()
        assert families.locate(children)[1].tolist() == ordinals[children.rows].tolist()
        assert families.place(children)[1].tolist() == np.repeat(counts, counts).tolist()
        for parent, start, count in zip(rows.tolist(), starts, counts, strict=True):
            expected = np.flatnonzero(parents == parent).tolist()
            assert children.rows[start : start + count].tolist() == expected


def test_grandchildren_are_as_many_as_their_parents_make(dataset: Dataset) -> None:
    tables = dataset.data.model_dump()["tables"]
    tables["grand"] = table({"per": "children", "count": WEIGHTS})
    nested = Dataset(data(**tables))
    children, grand = everything(nested), everything(nested, "grand")
    assert families.children(children, "grand")[2].sum() == nested.sizes["grand"] == grand.count
    parents, _ = families.locate(grand)
    assert parents.max() < children.count
    assert nested.sizes["children"] == dataset.sizes["children"]


def test_columns_of_children(dataset: Dataset) -> None:
    scope = everything(dataset)
    parents, ordinals = families.locate(scope)
    assert numbers(scope, "parent") == (parents + np.uint64(1)).tolist()
    assert numbers(scope, "number") == (ordinals + 1).tolist()
    assert scope.parent("parent").table == "parents"


def test_a_table_of_nobody_has_no_children() -> None:
    for how in HOW.values():
        assert one_family(how, 0).sizes["children"] == 0
    assert one_family({"count": 0}).sizes["children"] == 0


def test_numbers_within_a_parent_may_begin_elsewhere() -> None:
    lines = table(
        {"per": "bills", "count": 2}, line={"kind": "sequence", "within": "parent", "start": 0}
    )
    whole = Dataset(data(bills=table(3), lines=lines))
    assert numbers(everything(whole, "lines"), "line") == [0, 1, 0, 1, 0, 1]


def test_a_poisson_count_without_an_end_has_one_far_out() -> None:
    weights = Poisson(distribution="poisson", mean=3).weights
    assert len(weights) == 26
    assert sum(n * w for n, w in enumerate(weights)) / sum(weights) == pytest.approx(3)
    assert Poisson(distribution="poisson", mean=1000).weights[0] == 0


@pytest.mark.parametrize(
    "rows",
    [
        -1,
        True,
        LARGEST + 1,
        "many",
        [],
        {},
        {"per": "a"},
        {"per": "a", "count": 1, "history": "b"},
        {"per": "a", "count": -1},
        {"per": "a", "count": {}},
        {"per": "a", "count": {1: -1}},
        {"per": "a", "count": {-1: 1}},
        {"per": "a", "count": {"distribution": "normal", "mean": 1}},
        {"per": "a", "count": {"distribution": "poisson", "mean": 0}},
    ],
)
def test_rows_that_make_no_sense(rows: object) -> None:
    with pytest.raises(ValidationError) as error:
        data(a=table(rows))
    assert {problem["loc"][:3] for problem in error.value.errors()} == {("tables", "a", "rows")}


def test_rows_that_were_read_before() -> None:
    poisson = Poisson(distribution="poisson", mean=1)
    per = Per(per="a", count=poisson)
    assert data(a=table(1), b=table(per)).tables["b"].rows == per


A = table(10)
TO_A = {"kind": "reference", "to": "a.id"}


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({"b": table({"per": "c", "count": 1})}, "b.rows.per: c is not a table; there are a, b"),
        (
            {"b": table({"per": "c", "count": 1}), "c": table({"per": "b", "count": 1})},
            "b.rows.per: its rows depend on themselves: b → c → b",
        ),
        (
            {"b": table({"per": "b", "count": 1})},
            "b.rows.per: its rows depend on themselves: b → b",
        ),
        (
            {"b": table({"per": "b", "count": 1}), "c": table({"per": "b", "count": 1})},
            "b.rows.per: its rows depend on themselves: b → b",
        ),
        (
            {"b": table({"per": "a", "count": {1: 0}})},
            "b.rows.count: has no weight above 0, so there is nothing to choose",
        ),
        (
            {"b": table({"per": "a", "history": "id"})},
            "b.rows.history: id should be a state column of this table",
        ),
        (
            {"b": table({"per": "a", "history": "state"})},
            "b.rows.history: state should be a state column of this table",
        ),
        (
            {"b": {**table({"per": "c", "count": 1}, a=TO_A), "key": ["a"]}},
            "b.rows.per: c is not a table; there are a, b",
        ),
        (
            {"b": table({"per": "wide", "count": 10_000}), "wide": table(20_000)},
            "b.rows: makes 200,000,000 rows, 100,000,000 are possible",
        ),
        (
            {"b": table(3, n={"kind": "sequence", "within": "parent"})},
            "b.columns.n.within: b has no parents: that takes `rows: {per: …}`",
        ),
    ],
)
def test_families_that_cannot_be(tables: dict[str, object], why: str) -> None:
    assert found(a=A, **tables) == [why]


def test_rows_that_cannot_be_counted_are_one() -> None:
    circle = data(b=table({"per": "c", "count": 2}), c=table({"per": "b", "count": 3}))
    assert set(sizes(circle).values()) <= set(range(7))
    unknown = data(b=table({"per": "c", "count": 2}), d=table({"per": "b", "history": "id"}))
    assert sizes(unknown) == {"b": 1, "d": 1}
    assert parent_table(unknown, "b") is None


def test_far_too_many_are_not_counted_one_by_one() -> None:
    chain = data(
        a=table(LARGEST),
        b=table({"per": "a", "count": 10}),
        c=table({"per": "b", "count": WEIGHTS}),
    )
    assert sizes(chain)["c"] == LARGEST * 10 * 4


def pair(key: list[str], **columns: object) -> list[str]:
    to_b = table({"per": "a", "count": {1: 1, 2: 1}}, a=TO_A, **columns)
    return found(a=A, b={**to_b, "key": key}, c=table(5))


def test_keys_that_are_unique_by_construction() -> None:
    assert not pair(["id"])
    assert not pair(["a", "id"])
    assert not pair(["a", "n"], n={"kind": "sequence", "within": "parent"})
    assert not pair(["n", "a"], n={"kind": "reference", "to": "c.id", "distinct": True})
    once = {"kind": "state", "start": "x", "next": {"x": ["y", "z"]}}
    history = {**table({"per": "a", "history": "s"}, a=TO_A, s=once), "key": ["a", "s"]}
    assert not found(a=A, b=history)


@pytest.mark.parametrize(
    ("key", "columns", "why"),
    [
        (["a", "x"], {}, "b has no column x; it has id, a"),
        (["id", "id"], {}, "names a column twice: id, id"),
        (["a"], {}, "a may repeat; what cannot is a unique column"),
        (["a", "n"], {"n": {"kind": "boolean"}}, "a, n may repeat; what cannot is"),
        (["n"], {"n": {"kind": "sequence", "within": "parent"}}, "n may repeat; what cannot"),
        (["a", "n"], {"n": {"kind": "reference", "to": "c.id"}}, "a, n may repeat; what cannot"),
        (["id", "n"], {"n": {"kind": "boolean", "missing": 0.1}}, "n has missing values, so it"),
    ],
)
def test_keys_that_may_repeat(key: list[str], columns: dict[str, object], why: str) -> None:
    [problem] = pair(key, **columns)
    assert problem.startswith(f"b.key: {why}")


def test_a_history_that_comes_back_is_no_key() -> None:
    again = {**table({"per": "a", "history": "s"}, a=TO_A, s=HISTORY), "key": ["a", "s"]}
    [problem] = found(a=A, b=again)
    assert problem.startswith("b.key: a, s may repeat")


@pytest.mark.parametrize("size", [1, 97, 4096])
def test_a_written_table_does_not_depend_on_chunks(dataset: Dataset, size: int) -> None:
    stop = min(dataset.sizes["children"], size * 100)
    whole = pa.Table.from_batches(batches(dataset, "children", stop=stop, size=stop))
    chunks = pa.Table.from_batches(batches(dataset, "children", stop=stop, size=size))
    assert whole.combine_chunks().to_pydict() == chunks.to_pydict()
    last = {name: column[stop - 1] for name, column in whole.to_pydict().items()}
    assert row(dataset, "children", stop - 1) == {name: str(value) for name, value in last.items()}
