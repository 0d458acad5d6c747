"""People agree with themselves, and many of them look like those of the UK."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sandboxctl.data.arrow import batch
from sandboxctl.data.expectations import Curve, Shares
from sandboxctl.data.kinds.kind import Place
from sandboxctl.data.model import Data
from sandboxctl.data.people.asian import SIKH
from sandboxctl.data.people.names import COMMUNITIES, FORENAMES, SURNAMES, doubled, slug
from sandboxctl.data.people.shares import slots
from sandboxctl.data.problems import places, problems
from sandboxctl.data.scope import Dataset

KINDS = ("forename", "surname", "full_name", "title", "sex", "date_of_birth", "age", "email")
PERSON: dict[str, dict[str, Any]] = {kind: {"kind": kind} for kind in KINDS}
MANY = 20_000


def dataset(
    columns: dict[str, Any],
    cases: dict[str, float] | None = None,
    *,
    rows: int = MANY,
    seed: int = 1,
) -> Dataset:
    table = {"rows": rows, "columns": columns, "edge_cases": dict(cases or {})}
    return Dataset(Data.model_validate({"seed": seed, "tables": {"people": table}}))


def people(of: Dataset, numbers: Any = None) -> list[dict[str, Any]]:
    rows = np.arange(of.sizes["people"]) if numbers is None else np.asarray(numbers)
    found: list[dict[str, Any]] = batch(of.scope("people", rows.astype(np.uint64))).to_pylist()
    return found


def whole_years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def place(of: Dataset, name: str) -> Place:
    return next(one for one in places(of.data) if one.name == name)


def wrong(**columns: dict[str, Any]) -> list[str]:
    of = dataset(columns, rows=9)
    return [f"{'.'.join(map(str, path[3:]))}: {why}" for path, why in problems(of.data)]


@pytest.fixture(scope="module")
def crowd() -> list[dict[str, Any]]:
    return people(dataset(PERSON))


@pytest.mark.slow
def test_all_columns_tell_of_one_person(crowd: list[dict[str, Any]]) -> None:
    for number, one in enumerate(crowd, 1):
        assert one["full_name"] == f"{one['forename']} {one['surname']}"
        local = f"{slug(one['forename'])}.{slug(one['surname'])}.{number}"
        assert re.fullmatch(r"[a-z.-]+\d+", local)
        assert re.fullmatch(rf"{local}@example\.(com|net|org)", one["email"])
        assert one["age"] == whole_years(one["date_of_birth"], date(2026, 1, 1))


def test_forename_and_title_agree_with_sex(crowd: list[dict[str, Any]]) -> None:
    lists = [
        {name for c in COMMUNITIES for names in (c.female, c.male)[sex] for name in names}
        for sex in (0, 1)
    ]
    only = {"female": {"Mrs", "Miss", "Ms"}, "male": {"Mr", "Master"}}
    for one in crowd:
        sex = one["sex"]
        assert one["forename"] in lists[0 if sex == "female" else 1]
        assert one["title"] in only[sex] | {"Mx", "Dr", "Prof", "Rev"}
        assert one["title"] != "Master" or one["age"] < 16
        assert one["title"] != "Mrs" or one["age"] >= 16


def test_forenames_are_those_of_their_time(crowd: list[dict[str, Any]]) -> None:
    def ages(name: str) -> list[int]:
        return [one["age"] for one in crowd if one["forename"] == name]

    assert min(ages("Dorothy")) > 80
    assert max(ages("Ava")) < 25
    assert np.mean(ages("Susan")) > 60


def test_surnames_are_mostly_of_the_community_of_the_forename(
    crowd: list[dict[str, Any]],
) -> None:
    kaur = [one for one in crowd if one["surname"] == "Kaur"]
    assert {one["sex"] for one in kaur} == {"female"}
    others = {n for c in COMMUNITIES if c is not SIKH for names in c.female + c.male for n in names}
    forenames = {name for names in SIKH.female + SIKH.male for name in names} - others
    own = {*SIKH.surnames, *SIKH.female_surnames, *SIKH.male_surnames, *doubled(SIKH)}
    fitting = [one["surname"] in own for one in crowd if one["forename"] in forenames]
    assert len(fitting) > 100
    assert 0.85 < sum(fitting) / len(fitting) < 1


def test_names_are_as_unequal_as_in_life(crowd: list[dict[str, Any]]) -> None:
    counts = Counter(one["surname"] for one in crowd)
    assert counts.most_common(1)[0][0] == "Smith"
    assert {"Patel", "Khan"} <= {name for name, _ in counts.most_common(len(counts) // 4)}
    assert counts["Smith"] > 10 * np.median(list(counts.values()))
    assert len(counts) > 500
    assert len({one["forename"] for one in crowd}) > 600


def test_an_ordinary_sample_has_names_that_break_forms(crowd: list[dict[str, Any]]) -> None:
    names = [one["full_name"] for one in crowd]
    assert any("'" in name for name in names)
    assert sum("-" in one["surname"] for one in crowd) > MANY * 0.03
    assert any(not name.isascii() for name in names)
    assert any(len(one["surname"]) == 1 for one in crowd)
    assert any(len(name) >= 35 for name in names)
    assert any(" " in one["surname"] for one in crowd)


def test_there_are_enough_names() -> None:
    for sex in (0, 1):
        of_sex = {n for c in COMMUNITIES for names in (c.female, c.male)[sex] for n in names}
        assert len(of_sex) >= 150
    assert len(set(SURNAMES)) == len(SURNAMES) >= 300
    assert len(set(FORENAMES)) == len(FORENAMES)
    assert all(re.fullmatch("[a-z-]+", slug(name)) for name in (*FORENAMES[:-1], *SURNAMES))


def test_titles_are_shared_out_by_age(crowd: list[dict[str, Any]]) -> None:
    old = Counter(one["title"] for one in crowd if one["sex"] == "female" and one["age"] >= 75)
    assert old.most_common(1)[0][0] == "Mrs"
    young = Counter(one["title"] for one in crowd if one["sex"] == "female" and one["age"] < 25)
    assert young.most_common(1)[0][0] == "Miss"
    assert 0.0 < sum(one["title"] == "Mx" for one in crowd) / MANY < 0.02
    assert any(one["title"] == "Dr" for one in crowd)


def test_sex_has_its_share_and_its_codes() -> None:
    of = dataset({"sex": {"kind": "sex", "codes": {"female": 2, "male": "M"}}})
    expected = place(of, "sex").column.expected(place(of, "sex"))
    assert isinstance(expected, Shares)
    assert set(expected.shares) == {"2", "M"}
    found = Counter(one["sex"] for one in people(of))
    assert found["2"] / MANY == pytest.approx(expected.shares["2"], abs=0.015)
    assert 0.5 < expected.shares["2"] < 0.52


@pytest.mark.parametrize("codes", [{"female": "F", "male": "F"}, {"female": "male"}])
def test_two_sexes_with_one_code_are_refused(codes: dict[str, str]) -> None:
    [why] = wrong(sex={"kind": "sex", "codes": codes})
    assert why.startswith("sex.codes: writes female and male alike")


@pytest.mark.parametrize(
    "options",
    [{"ages": [0, 111]}, {"ages": [-1, 5]}, {"ages": [True, 5]}, {"on": "1199-12-31"}],
)
def test_ages_that_nobody_has_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        dataset({"born": {"kind": "date_of_birth", **options}})


def test_a_code_is_a_text_or_a_number() -> None:
    with pytest.raises(ValidationError):
        dataset({"sex": {"kind": "sex", "codes": {"female": True}}})


@pytest.mark.parametrize("ages", [[0, 110], [16, 64], [30, 30], [110, 110]])
@pytest.mark.parametrize("on", ["2026-01-01", "2024-02-29", "1950-12-31"])
def test_births_stay_within_bounds_and_follow_the_curve(ages: list[int], on: str) -> None:
    of = dataset(
        {
            "born": {"kind": "date_of_birth", "ages": ages, "on": on},
            "age": {"kind": "age", "on": on},
        },
        rows=5000,
    )
    assert not list(problems(of.data))
    found = people(of)
    assert all(ages[0] <= one["age"] <= ages[1] for one in found)
    assert all(one["age"] == whole_years(one["born"], date.fromisoformat(on)) for one in found)
    days = np.array([(one["born"] - date(1970, 1, 1)).days for one in found])
    kind, curve = place(of, "born").type, place(of, "born").column.expected(place(of, "born"))
    assert isinstance(curve, Curve)
    assert kind.low is not None
    assert kind.high is not None
    assert kind.low <= days.min() <= days.max() <= kind.high
    assert (curve.points[0], curve.points[-1], curve.shares[-1]) == (kind.low - 1, kind.high, 1.0)
    seen = np.searchsorted(np.sort(days), curve.points, side="right") / len(days)
    assert np.abs(seen - curve.shares).max() < 0.03


def test_ages_have_their_shares() -> None:
    of = dataset({"age": {"kind": "age", "ages": [0, 17]}})
    expected = place(of, "age").column.expected(place(of, "age"))
    assert isinstance(expected, Shares)
    assert list(expected.shares) == [str(age) for age in range(18)]
    assert sum(expected.shares.values()) == pytest.approx(1)
    found = Counter(str(one["age"]) for one in people(of))
    assert all(
        found[age] / MANY == pytest.approx(s, abs=0.01) for age, s in expected.shares.items()
    )
    assert place(of, "age").type.high == 17


def test_age_may_be_told_for_another_day() -> None:
    born = {"kind": "date_of_birth", "ages": [18, 18]}
    of = dataset({"born": born, "then": {"kind": "age", "on": "2030-06-30"}}, rows=2000)
    assert not list(problems(of.data))
    assert all(one["then"] == whole_years(one["born"], date(2030, 6, 30)) for one in people(of))
    kind = place(of, "then").type
    assert (kind.low, kind.high) == (22, 23)
    assert place(of, "then").column.expected(place(of, "then")) is None


def test_two_persons_of_a_row_are_not_the_same() -> None:
    partner = {"kind": "forename", "person": "partner"}
    found = people(dataset({"own": {"kind": "forename"}, "other": partner}, rows=1000))
    assert sum(one["own"] == one["other"] for one in found) < 100


def test_what_cannot_work_is_refused() -> None:
    born = {"kind": "date_of_birth"}
    assert wrong(born=born | {"ages": [5, 4]}) == ["born.ages: is upside down: 5 is more than 4"]
    assert wrong(age={"kind": "age", "ages": [5, 4]})[0].startswith("age.ages: is upside down")
    assert wrong(a=born, b=born | {"on": "2020-01-01"}) == [
        "b: should have the same `on` and `ages` as a: it is one person"
    ]
    assert wrong(a=born, age={"kind": "age", "ages": [0, 5]}) == [
        "age.ages: should be those of a: it is one person"
    ]
    assert wrong(a=born, age={"kind": "age", "on": "2025-12-31"}) == [
        "age.on: is 2025-12-31: people of a are born after that"
    ]
    other = born | {"on": "2020-01-01", "person": "other"}
    assert not wrong(a=born, b=other, age={"kind": "age", "on": "2026-02-01"})


def test_a_row_is_the_same_alone_and_in_any_order() -> None:
    cases = dict.fromkeys(("near_duplicate", "single_name", "born_29_february", "over_100"), 0.2)
    of = dataset(PERSON, cases | {"third_party_contact": 0.2, "welsh": 0.2}, rows=3000)
    whole = people(of)
    assert people(of, [2999]) == [whole[2999]]
    assert people(of, [7, 2000, 7]) == [whole[7], whole[2000], whole[7]]
    alone = dataset({"born": {"kind": "date_of_birth"}}, cases, rows=3000)
    assert [one["born"] for one in people(alone)] == [one["date_of_birth"] for one in whole]


def test_another_seed_makes_other_people() -> None:
    first, second = (people(dataset(PERSON, rows=50, seed=seed)) for seed in (1, 2))
    assert all(one != other for one, other in zip(first, second, strict=True))


def test_slots_are_all_given_away_and_none_is_forgotten() -> None:
    assert slots([1, 1, 1], 4) == (6, 5, 5)
    assert slots([10**9, 1, 0, 1], 3) == (6, 1, 0, 1)
    assert slots([10**9, *[1] * 7], 3) == (1,) * 8
