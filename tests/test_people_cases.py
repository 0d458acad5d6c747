"""Edge cases of persons happen as often as asked for, and do what they say."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from sandboxctl.data.edge_cases import EDGE_CASES
from sandboxctl.data.people.births import Births
from sandboxctl.data.people.isles import WELSH
from sandboxctl.data.people.names import COMMUNITIES, plain, slug
from sandboxctl.data.people.variants import initial, short, simple, typo
from sandboxctl.data.problems import problems
from tests.test_people import KINDS, PERSON, dataset, people, place, whole_years, wrong

RATE = 0.3
ROWS = 2500
TODAY = date(2026, 1, 1)

SHOWS: dict[str, Any] = {
    "born_29_february": lambda one: (
        (one["date_of_birth"].month, one["date_of_birth"].day) == (2, 29)
    ),
    "over_100": lambda one: 101 <= one["age"] <= 110,
    "under_18": lambda one: one["age"] < 18,
    "one_letter_surname": lambda one: len(one["surname"]) == 1,
    "long_name": lambda one: len(one["full_name"]) >= 35,
    "accented_name": lambda one: not (one["forename"].isascii() or one["surname"].isascii()),
    "apostrophe_name": lambda one: "'" in one["surname"],
    "hyphenated_name": lambda one: "-" in one["surname"],
    "single_name": lambda one: one["forename"] is None and one["full_name"] == one["surname"],
    "no_title": lambda one: one["title"] is None,
    "prefer_not_to_say": lambda one: one["sex"] == "prefer not to say" and one["title"] is None,
    "third_party_contact": lambda one: (
        not one["email"].startswith(f"{slug(one['forename'])}.{slug(one['surname'])}.")
    ),
    "welsh": lambda one: (
        one["surname"] in WELSH.surnames
        and any(one["forename"] in names for names in WELSH.female + WELSH.male)
    ),
}


@pytest.mark.parametrize("case", SHOWS)
def test_a_case_happens_at_its_rate_and_shows(case: str) -> None:
    of = dataset(PERSON, {case: RATE}, rows=ROWS)
    assert not list(problems(of.data))
    happens = of.scope("people", np.arange(ROWS, dtype=np.uint64)).edge(case)
    assert happens.mean() == pytest.approx(RATE, abs=0.03)
    shown = np.array([SHOWS[case](one) for one in people(of)])
    assert shown[happens].mean() > 0.99
    assert shown[~happens].mean() < (0.25 if case == "under_18" else 0.06)


@pytest.mark.parametrize("case", [*SHOWS, "near_duplicate", "deceased", "s_flag"])
def test_a_case_is_known_and_changes_only_columns_that_say_so(case: str) -> None:
    assert EDGE_CASES[case]
    usual = people(dataset(PERSON, rows=500))
    of = dataset(PERSON, {case: 1}, rows=500)
    found = people(of)
    pairs = list(zip(usual, found, strict=True))
    changed = {kind for kind in KINDS if any(one[kind] != other[kind] for one, other in pairs)}
    heeding = {kind for kind in KINDS if case in place(of, kind).column.heeds}
    assert changed <= heeding
    assert bool(changed) == (case not in {"deceased", "s_flag"})


def test_what_a_case_may_leave_out_may_be_missing() -> None:
    of = dataset(PERSON, rows=1)
    assert {kind for kind in KINDS if place(of, kind).column.is_missing} == {"forename", "title"}


def test_every_case_that_a_column_heeds_is_known() -> None:
    of = dataset(PERSON, rows=1)
    assert {case for kind in KINDS for case in place(of, kind).column.heeds} <= EDGE_CASES.keys()


def test_special_names_are_of_the_sex_and_stay_female_or_male() -> None:
    given = [
        {name for c in COMMUNITIES for names in (c.female, c.male)[sex] for name in names}
        for sex in (0, 1)
    ]
    for one in people(dataset(PERSON, {"accented_name": 1}, rows=500)):
        assert one["forename"] in given[one["sex"] == "male"]
        assert one["sex"] == "male" or not one["surname"].endswith("ński")


def test_bounds_include_the_edge_cases() -> None:
    columns = {
        "born": {"kind": "date_of_birth", "ages": [18, 64]},
        "age": {"kind": "age"},
        "title": {"kind": "title"},
    }
    cases = dict.fromkeys(("under_18", "over_100", "born_29_february", "near_duplicate"), RATE)
    of = dataset(columns, cases, rows=ROWS)
    born, age = place(of, "born").type, place(of, "age").type
    assert (age.low, age.high) == (0, 110)
    assert born.low is not None
    assert born.high is not None
    for one in people(of):
        assert born.low <= (one["born"] - date(1970, 1, 1)).days <= born.high
        assert one["age"] == whole_years(one["born"], TODAY)
        assert one["age"] <= 64 or one["age"] > 100
        assert one["title"] != "Master" or one["age"] < 16


def test_under_18_stays_within_the_ages_where_there_are_such() -> None:
    columns = {"age": {"kind": "age", "ages": [16, 40]}}
    assert {one["age"] for one in people(dataset(columns, {"under_18": 1}, rows=500))} == {16, 17}


def test_a_leap_day_that_nobody_has_is_refused() -> None:
    of = dataset({"born": {"kind": "date_of_birth", "ages": [18, 18]}}, {"born_29_february": 0.1})
    [(path, why)] = problems(of.data)
    assert path[-1] == "ages"
    assert why == "leaves nobody born on a 29 February: from 18 to 18 on 2026-01-01"
    assert not wrong(born={"kind": "date_of_birth", "ages": [18, 18]})
    assert Births(date(2024, 2, 29), 0, 0).leap_days() == {0: 19782}


def test_who_must_be_adult_has_the_nearest_leap_day_even_if_that_is_not_among_the_rare() -> None:
    columns = {"age": {"kind": "age", "ages": [15, 19]}}
    of = dataset(columns, {"under_18": 0.5, "born_29_february": 1}, rows=500)
    assert not list(problems(of.data))
    assert len({one["age"] for one in people(of)}) == 1


def test_a_near_duplicate_is_an_earlier_person_written_differently() -> None:
    of = dataset(PERSON, {"near_duplicate": RATE}, rows=ROWS)
    scope, found = of.scope("people", np.arange(ROWS, dtype=np.uint64)), people(of)
    again = scope.edge("near_duplicate")
    swapped = 0
    for number, earlier in enumerate(scope.people.tolist()):
        one, other = found[number], found[earlier]
        assert (earlier < number) == (bool(again[number]) and number > 0)
        if earlier < number:
            assert not again[earlier] or earlier == 0
            assert one["full_name"] != other["full_name"]
            assert (one["forename"] == other["forename"]) != (one["surname"] == other["surname"])
            assert [one[key] for key in ("sex", "title")] == [
                other[key] for key in ("sex", "title")
            ]
            assert one["email"].split(".")[:-2] == other["email"].split(".")[:-2]
            born = one["date_of_birth"], other["date_of_birth"]
            swapped += born[0] != born[1]
            assert (
                born[0] in {born[1], born[1].replace(day=born[1].month, month=born[1].day)}
                if (born[1].day <= 12)
                else born[0] == born[1]
            )
    assert 0 < swapped < again.sum() * 0.1


def test_a_near_duplicate_has_the_peculiarities_of_whom_it_repeats() -> None:
    of = dataset(
        PERSON, dict.fromkeys(("near_duplicate", "single_name", "no_title"), RATE), rows=ROWS
    )
    scope, found = of.scope("people", np.arange(ROWS, dtype=np.uint64)), people(of)
    for one, earlier in zip(found, scope.people.tolist(), strict=True):
        other = found[earlier]
        assert (one["forename"] is None) == (other["forename"] is None)
        assert one["title"] == other["title"]
        assert one is other or one["full_name"] != other["full_name"]


def test_all_rows_may_repeat_the_first() -> None:
    of = dataset(
        {"age": {"kind": "age"}, "name": {"kind": "surname"}}, {"near_duplicate": 1}, rows=300
    )
    assert len({one["age"] for one in people(of)}) <= 2
    assert set(of.scope("people", np.arange(300, dtype=np.uint64)).people.tolist()) == {0}


@pytest.mark.parametrize(
    ("way", "name", "written"),
    [
        (short, "William", "Bill"),
        (short, "Zoë", "Z"),
        (initial, "Zoë", "Z"),
        (initial, "U", "Uu"),
        (simple, "Zoë", "Zoe"),
        (simple, "Smith-Jones", "Smith Jones"),
        (simple, "O'Neill", "ONeill"),
        (simple, "Smith", "Smtih"),
        (typo, "Anna", "Anan"),
        (typo, "Lee", "Leee"),
        (typo, "Ng", "Ngg"),
    ],
)
def test_ways_of_writing_a_name(way: Any, name: str, written: str) -> None:
    assert way(name) == written


def test_plain_letters_stay_letters() -> None:
    assert [plain(name) for name in ("Łukasz", "Øystein", "Yılmaz", "Ș")] == [
        "Lukasz",
        "Oystein",
        "Yilmaz",
        "S",
    ]
    assert slug("Ó Súilleabháin-D'Arcy") == "o-suilleabhain-darcy"
