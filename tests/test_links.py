"""Keys and references: each leads somewhere, and some promise more."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from sandboxctl.data.arrow import column as arrow
from sandboxctl.data.dataset import order
from sandboxctl.data.fields.links import followed
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.relations.loading_order import late
from sandboxctl.data.relations.references import column_at, columns_of
from sandboxctl.data.scope import Dataset, Scope
from sandboxctl.data.types import TEXT

Options = dict[str, Any]
ROWS = 2000


def table(rows: object, **columns: object) -> Options:
    return {"rows": rows, "columns": {"id": {"kind": "sequence"}, **columns}}


def to(target: str, **options: object) -> Options:
    return {"kind": "reference", "to": target, **options}


def data(**tables: object) -> Data:
    return Data.model_validate({"seed": 3, "tables": tables})


def whole(read: Data, name: str) -> Scope:
    dataset = Dataset(read)
    return dataset.scope(name, np.arange(dataset.sizes[name], dtype=np.uint64))


def values(scope: Scope, name: str) -> list[Any]:
    found: list[Any] = arrow(scope.cells(name)).to_pylist()
    return found


def same_alone(scope: Scope, name: str) -> bool:
    """Whether rows in another order, and single ones, have the values they have in the whole."""
    everything, count = values(scope, name), scope.count
    shuffled = np.arange(count, dtype=np.uint64) * np.uint64(7) % np.uint64(count)
    chunk = np.arange(3, min(40, count), dtype=np.uint64)
    for rows in (shuffled, chunk, chunk[:1]):
        part = values(scope.dataset.scope(scope.table, rows), name)
        if part != [everything[row] for row in rows.tolist()]:
            return False
    return True


def found(**tables: object) -> list[str]:
    return [f"{'.'.join(map(str, path[1:]))}: {why}" for path, why in problems(data(**tables))]


@pytest.mark.parametrize(
    "options",
    [{}, {"distribution": "zipf"}, {"unique": True}, {"missing": 0.2}],
)
def test_every_reference_exists(options: Options) -> None:
    scope = whole(data(a=table(ROWS), b=table(ROWS, a=to("a.id", **options))), "b")
    there = [value for value in values(scope, "a") if value is not None]
    assert set(there) <= set(range(1, ROWS + 1))
    assert len(there) == ROWS or options.get("missing")
    assert same_alone(scope, "a")


def test_unique_references_use_each_row_once() -> None:
    scope = whole(data(a=table(ROWS), b=table(ROWS, a=to("a.id", unique=True))), "b")
    assert sorted(values(scope, "a")) == list(range(1, ROWS + 1))


def test_zipf_makes_a_few_rows_popular() -> None:
    read = data(a=table(ROWS), b=table(ROWS, z=to("a.id", distribution="zipf"), u=to("a.id")))
    popular, even = (Counter(values(whole(read, "b"), name)) for name in "zu")
    assert popular.most_common(1)[0][1] > 10 * even.most_common(1)[0][1]


MANY = {"per": "students", "count": {1: 0.4, 3: 0.6}}


def enrolled(courses: int, **options: object) -> Data:
    return data(
        students=table(ROWS),
        courses=table(courses),
        enrolments=table(
            MANY, student=to("students.id"), course=to("courses.id", distinct=True, **options)
        ),
    )


@pytest.mark.parametrize("courses", [3, 5, 100])
def test_pairs_of_a_link_table_are_distinct_and_even(courses: int) -> None:
    scope = whole(enrolled(courses), "enrolments")
    students, chosen = values(scope, "student"), values(scope, "course")
    assert set(chosen) == set(range(1, courses + 1))
    assert len(set(zip(students, chosen, strict=True))) == scope.count
    expected = scope.count / courses
    deviation = sum((n - expected) ** 2 / expected for n in Counter(chosen).values())
    assert deviation < courses + 5 * (2 * courses) ** 0.5
    assert same_alone(scope, "course")


def test_distinct_ones_of_the_parents_own_table_are_not_the_parent() -> None:
    friends = table(
        {"per": "people", "count": {0: 1, 3: 1}},
        person=to("people.id"),
        friend=to("people.id", distinct=True, parent=False),
    )
    scope = whole(data(people=table(4), friends=friends), "friends")
    pairs = list(zip(values(scope, "person"), values(scope, "friend"), strict=True))
    assert len(set(pairs)) == len(pairs) > 0
    assert all(person != friend for person, friend in pairs)
    assert max(friend for _, friend in pairs) <= 4


def test_earlier_rows_of_the_same_table_make_no_circles() -> None:
    scope = whole(data(staff=table(ROWS, boss=to("staff.id", earlier=True))), "staff")
    bosses = values(scope, "boss")
    assert bosses[0] is None
    assert all(boss is None or boss < row for row, boss in enumerate(bosses, 1))
    assert bosses.count(None) / ROWS == pytest.approx(0.05, abs=0.02)
    assert len(set(bosses)) > ROWS / 4
    assert same_alone(scope, "boss")


@pytest.mark.parametrize(("roots", "none"), [(0, 1), (1, ROWS)])
def test_the_share_of_roots_can_be_said(roots: float, none: int) -> None:
    read = data(staff=table(ROWS, boss=to("staff.id", earlier=True, roots=roots)))
    assert values(whole(read, "staff"), "boss").count(None) == none


def test_a_free_reference_to_the_own_table() -> None:
    read = data(people=table(ROWS, twin=to("people.id")))
    assert not list(problems(read))
    assert set(values(whole(read, "people"), "twin")) <= set(range(1, ROWS + 1))


HOMES = {"per": "homes", "count": 2}


def test_the_first_reference_to_the_parent_table_leads_to_the_parent() -> None:
    people = table(HOMES, home=to("homes.id"), earlier=to("homes.id"))
    scope = whole(data(homes=table(100), people=people), "people")
    assert values(scope, "home") == [n for home in range(1, 101) for n in (home, home)]
    assert values(scope, "earlier") != values(scope, "home")


def test_another_reference_may_lead_to_the_parent() -> None:
    homes = table(100, ref={"kind": "uuid"})
    people = table(HOMES, old=to("homes.id"), a=to("homes.id", parent=True), b=to("homes.ref"))
    scope = whole(data(homes=homes, people=people), "people")
    assert values(scope, "a") == sorted(values(scope, "a")) != values(scope, "old")
    other = table(HOMES, old=to("homes.id", parent=False), home=to("homes.ref"))
    scope = whole(data(homes=homes, people=other), "people")
    assert scope.parent("home").rows.tolist() == [n for home in range(100) for n in (home, home)]
    assert scope.parent("old").rows.tolist() != scope.parent("home").rows.tolist()


def test_a_reference_to_the_parent_is_unique_if_it_has_one_child_at_most() -> None:
    claims = table({"per": "a", "count": {0: 1, 1: 1}}, a=to("a.id", unique=True))
    read = data(a=table(100), b=claims, c=table(5, b=to("b.a")))
    assert not list(problems(read))
    assert set(values(whole(read, "c"), "b")) <= set(values(whole(read, "b"), "a"))


DAY = {"kind": "date", "between": ["2026-01-01", "2026-12-31"]}


def test_a_path_is_followed_and_missing_where_any_part_is() -> None:
    read = data(
        a=table(50, day={**DAY, "missing": 0.5}),
        b=table(50, a=to("a.id", missing=0.3)),
        c=table(500, b=to("b.id", missing=0.2), own=DAY),
    )
    scope = whole(read, "c")
    days, own = values(whole(read, "a"), "day"), values(whole(read, "b"), "a")
    owners = [own[b - 1] if b else None for b in values(scope, "b")]
    assert arrow(followed(scope, "b.a.day")).to_pylist() == [
        days[a - 1] if a else None for a in owners
    ]
    assert followed(scope, "own").missing is None
    assert arrow(followed(scope, "b.id")).null_count == values(scope, "b").count(None) > 0
    assert arrow(followed(whole(read, "b"), "id")).null_count == 0
    plain = data(a=read.tables["a"], b=table(9, a=to("a.id")))
    assert followed(whole(plain, "b"), "a.day").missing is not None


def test_where_a_path_leads_is_known_before_a_row_is_made() -> None:
    read = data(a=table(1, day=DAY), b=table(1, a=to("a.id")))
    place = Place(read, {"a": 1, "b": 1}, "b", "a")
    there = column_at(place, "a.day")
    assert there is not None
    assert there.type.name == "day"
    assert list(columns_of(place, "a.day")) == [("b", "a"), ("a", "day")]
    assert list(columns_of(place, "a.night")) == [("b", "a")]
    assert column_at(place, "id.day") is None
    assert column_at(place, "x.y.z") is None


def uuids(**options: object) -> list[UUID]:
    read = data(a={"rows": ROWS, "columns": {"id": {"kind": "uuid", **options}}})
    scope = whole(read, "a")
    assert same_alone(scope, "id")
    return values(scope, "id")


@pytest.mark.parametrize("version", [4, 7])
def test_uuids_are_unique_and_of_their_version(version: int) -> None:
    made = uuids(version=version)
    assert len(set(made)) == ROWS
    assert {(one.version, one.variant) for one in made} == {
        (version, "specified in RFC 4122"),
    }


def test_uuids_ascend_from_their_first_moment() -> None:
    made = uuids(start="2030-05-01")
    assert made == sorted(made)
    first = datetime.fromtimestamp((made[0].int >> 80) / 1000, UTC)
    assert first == datetime(2030, 5, 1, tzinfo=UTC)
    assert uuids() == sorted(uuids())
    assert uuids(version=4) != sorted(uuids(version=4))


def test_sound_keys_and_references() -> None:
    b = table(5, key={"kind": "uuid"}, up=to("b.id", earlier=True), a=to("a.id"))
    assert not found(a=table(5), b=b)


def test_a_reference_has_the_type_of_what_it_leads_to() -> None:
    read = data(
        a={"rows": 1, "columns": {"id": {"kind": "uuid"}}},
        b=table(1, a=to("a.id", unique=True)),
        c=table(1, b=to("b.a"), lost=to("x.y"), circle=to("c.circle", unique=True)),
    )
    places = {name: Place(read, {}, "c", name) for name in ("b", "lost", "circle")}
    assert places["b"].type.name == "uuid"
    assert places["lost"].type == places["circle"].type == TEXT


A, TREE = table(10), {"per": "a", "count": {0: 1, 4: 1}}


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({"b": table(1, n=to("c.id"))}, "n.to: c is not a table; there are a, b"),
        ({"b": table(1, n=to("a.x"))}, "n.to: a has no column x; it has id"),
        (
            {"b": table(1, n=to("b.d"), d=DAY)},
            "n.to: b.d should be unique: add `unique: true` to it",
        ),
        (
            {"b": table(1, n=to("b.m"), m=to("a.id", unique=True, missing=0.1))},
            "n.to: b.m has missing values, so it cannot be a key",
        ),
        ({"b": table(1, n=to("c.id")), "c": table(0)}, "n.to: c has no rows to refer to"),
        (
            {"b": table(11, n=to("a.id", unique=True))},
            "n.unique: 11 rows of a asked for, it has 10",
        ),
        (
            {"b": table(1, n=to("a.id", unique=True, distribution="zipf"))},
            "n.distribution: should be uniform where each row is referred to at most once",
        ),
        (
            {"b": table(TREE, n=to("a.id", unique=True))},
            "n.unique: a row of a may have 4 rows of b",
        ),
        ({"b": table(5, n=to("a.id", parent=True))}, "n.parent: b has no `rows: {per: a}`"),
        (
            {"b": table(TREE, n=to("a.id", distribution="zipf"))},
            "n.distribution: it leads to the row's own parent; otherwise add `parent: false`",
        ),
        (
            {"b": table(TREE, n=to("a.id", distinct=True))},
            "n.distinct: it leads to the row's own parent; otherwise add `parent: false`",
        ),
        (
            {"b": table(TREE, n=to("c.id", distinct=True)), "c": table(3)},
            "n.distinct: a parent may have 4 rows of b, and there are 3 of c to differ in",
        ),
        (
            {
                "b": table({"per": "c", "count": 4}, n=to("c.id", distinct=True, parent=False)),
                "c": table(4),
            },
            "n.distinct: a parent may have 4 rows of b, and there are 3 of c to differ in",
        ),
        (
            {"b": table(5, n=to("a.id", distinct=True))},
            "n.distinct: b has no parents: that takes `rows: {per: …}`",
        ),
        (
            {"b": table(TREE, n=to("c.id", distinct=True, unique=True)), "c": table(99)},
            "n.distinct: does not go with `unique`, `earlier` or a distribution",
        ),
        (
            {"b": table(5, n=to("a.id", earlier=True))},
            "n.earlier: only b has rows before one of its own",
        ),
        (
            {"b": table(5, n=to("b.id", earlier=True, distribution="zipf"))},
            "n.earlier: does not go with `unique` or a distribution",
        ),
        (
            {"b": table(5, n=to("b.id", roots=0.1))},
            "n.roots: only a reference with `earlier: true` has roots",
        ),
        (
            {"b": table(5, n={"kind": "uuid", "start": "1969-12-31"})},
            "n.start: should be 1970 or later, not 1969-12-31",
        ),
    ],
)
def test_references_that_cannot_be(tables: Options, why: str) -> None:
    assert found(a=A, **tables) == [f"b.columns.{why}"]


def test_a_column_that_is_made_from_itself_is_named_with_its_circle() -> None:
    a = {"rows": 1, "columns": {"x": to("b.y", unique=True)}}
    b = {"rows": 1, "columns": {"y": to("a.x", unique=True)}}
    [problem] = found(a=a, b=b)
    assert problem in {
        "a: refers to itself: a.x → b.y → a.x",
        "b: refers to itself: b.y → a.x → b.y",
    }


def test_tables_that_refer_to_each_other_are_loaded_all_the_same() -> None:
    read = data(
        people=table(20, leads=to("teams.id", missing=0.5), home=to("homes.id")),
        teams=table(5, leader=to("people.id"), made=to("teams.id", earlier=True)),
        homes=table(9),
        visits=table(9, who=to("people.id")),
    )
    assert not list(problems(read))
    assert order(read, read.tables) == ["teams", "homes", "people", "visits"]
    assert late(read, read.tables) == [("teams", "leader")]
    assert order(read, ["visits", "people"]) == ["people", "visits"]
    assert late(read, ["visits", "people"]) == []
    assert set(values(whole(read, "teams"), "leader")) <= set(range(1, 21))


def test_a_table_without_a_model_is_loaded_where_it_stands() -> None:
    read = data(a=table(1), b=table(1, a=to("a.id")))
    assert order(read, ["b", "b_truth", "a"]) == ["a", "b", "b_truth"]
