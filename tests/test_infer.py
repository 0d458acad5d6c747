"""What `data infer` makes of columns; every output is checked, and rows are made of it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from sandboxctl.data.infer import names, profile, rounding
from tests.inferred import ROWS, column, columns, inferred, table
from tests.planted import REAL

DAY = date(2020, 1, 15)
NUMBERS = range(ROWS)
BY_NAME: dict[str, tuple[str, list[object], dict[str, Any]]] = {
    "forename": ("First Name", ["Ada", "Ben"], {"kind": "forename"}),
    "surname": ("customerSurname", ["Zat", "Quo"], {"kind": "surname"}),
    "full name": ("patient_name", ["Ada Zat", "Ben Quo"], {"kind": "full_name"}),
    "a name": ("name", ["Ada Zat", "Ben Quo"], {"kind": "full_name"}),
    "title": ("Title", ["Mr", "Ms"], {"kind": "title"}),
    "sex": ("gender", ["F", "M"], {"kind": "sex", "codes": {"female": "F", "male": "M"}}),
    "usual sex": ("sex", ["female", "male"], {"kind": "sex"}),
    "age": ("age", [40, 50], {"kind": "age"}),
    "street": ("Address Line 1", ["1 Zig St", "2 Zag St"], {"kind": "address", "form": "street"}),
    "address": ("address", ["1 Zig St", "2 Zag St"], {"kind": "address"}),
    "town": ("city", ["Zigton", "Zagton"], {"kind": "town"}),
}


@pytest.mark.parametrize("case", BY_NAME)
def test_persons_and_homes_are_known_by_the_names_of_columns(case: str, tmp_path: Path) -> None:
    name, values, expected = BY_NAME[case]
    assert column(tmp_path, name, values * 100) == expected


def test_a_name_that_the_values_contradict_says_nothing(tmp_path: Path) -> None:
    assert column(tmp_path, "sex", ["much", "little"] * 50)["kind"] == "choice"
    assert column(tmp_path, "age", ["young", "old"] * 50)["kind"] == "choice"
    titles = [f"A book of {n} chapters" for n in NUMBERS]
    assert column(tmp_path, "title", titles)["kind"] == "text"
    assert column(tmp_path, "dob", NUMBERS)["kind"] != "date_of_birth"


def test_persons_of_a_row_are_kept_apart(tmp_path: Path) -> None:
    made = columns(
        inferred(
            table(
                tmp_path / "couples.csv",
                {
                    "forename": ["Ada", "Ben"] * 50,
                    "dob": [DAY + timedelta(n) for n in range(100)],
                    "date_of_birth": [DAY - timedelta(9_000 + n) for n in range(100)],
                    "partner_forename": ["Eve", "Dan"] * 50,
                    "partner_dob": [DAY - timedelta(20_000 + n) for n in range(100)],
                    "delivery_town": ["Zigton", "Zagton"] * 50,
                },
            )
        )
    )
    assert made["dob"] == made["date_of_birth"]
    assert made["partner_forename"] == {"kind": "forename", "person": "partner"}
    assert made["partner_dob"]["person"] == "partner"
    assert made["dob"]["ages"] == [0, 10]
    assert made["partner_dob"]["ages"] == [60, 70]
    assert made["delivery_town"] == {"kind": "town"}


@pytest.mark.parametrize("kind", sorted(REAL))
def test_identifiers_become_safe_ones(kind: str, tmp_path: Path) -> None:
    found = column(tmp_path, kind, [REAL[kind]] * 20)
    assert found["kind"] in (kind, "phone", "mobile", "landline")


def test_identifiers_are_known_by_their_values(tmp_path: Path) -> None:
    assert column(tmp_path, "c1", [f"AB{n:06}C" for n in NUMBERS]) == {
        "kind": "nino",
        "unique": True,
    }
    assert column(tmp_path, "c1", [f"u{n}@zig.org" for n in NUMBERS]) == {"kind": "email"}
    assert column(tmp_path, "c1", [f"07{n + 5e8:09.0f}" for n in NUMBERS])["kind"] == "mobile"
    assert column(tmp_path, "c1", [f"0113 21{n:05}" for n in NUMBERS])["kind"] == "landline"
    both = [f"0113 21{n:05}" if n % 2 else f"07{n + 5e8:09.0f}" for n in NUMBERS]
    assert column(tmp_path, "c1", both)["kind"] == "phone"


def test_columns_without_values_go_by_their_names(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("nino,mobile_phone,landline,registration_date,forename,dob,sex,note\n")
    assert {name: made["kind"] for name, made in columns(inferred(path)).items()} == {
        "nino": "nino",
        "mobile_phone": "mobile",
        "landline": "landline",
        "registration_date": "text",
        "forename": "forename",
        "dob": "date_of_birth",
        "sex": "sex",
        "note": "text",
    }


def test_numbers_keep_their_spread_and_lose_their_digits(tmp_path: Path) -> None:
    made = column(tmp_path, "visits", [n * 7 + 1_003 for n in NUMBERS])
    assert (made["kind"], made["distribution"]) == ("integer", "empirical")
    assert (made["quantiles"][0.0], made["quantiles"][0.5]) == (1_000, 1_700)
    assert made["quantiles"][1.0] == 2_400


def test_a_number_that_comes_again_and_again_has_a_band(tmp_path: Path) -> None:
    values = [0] * 120 + [n * 13 for n in range(1, 81)]
    made = column(tmp_path, "visits", values)
    assert made["bands"][0] == [0, 0, 0.6]
    assert made["bands"][-1][1] == 930
    assert sum(weight for *_, weight in made["bands"]) == pytest.approx(1)
    top = column(tmp_path, "visits", [n * 13 for n in range(1, 81)] + [5_000] * 120)
    assert top["bands"][-1] == [5_000, 5_000, 0.5]


def test_numbers_that_round_to_one_stay_close_to_it(tmp_path: Path) -> None:
    made = column(tmp_path, "visits", [5_000_000 + n % 60 for n in NUMBERS])
    assert made["between"][0] == 5_000_000
    few = column(tmp_path, "visits", [1_234 + n // 2 for n in range(12)])
    assert few == {"kind": "integer", "between": [1_000, 2_000]}
    assert column(tmp_path, "weight_kg", [0.0] * 30 + [0.5] * 6)["kind"] == "decimal"
    two = column(tmp_path, "weight_kg", [0.0] * 100 + [0.1] * 100)
    assert [band[:2] for band in two["bands"]] == [[0, 0], [0.1, 0.1]]
    same = column(tmp_path, "weight_kg", [1.5] * 40)
    assert same == {"kind": "decimal", "places": 1, "between": [1.5, 1.6]}


def test_decimals_money_and_how_they_were_written(tmp_path: Path) -> None:
    assert column(tmp_path, "height", [f"{n}.125" for n in NUMBERS])["places"] == 3
    assert column(tmp_path, "fee", [f"{n}.5" for n in NUMBERS])["kind"] == "money"
    text = inferred(table(tmp_path / "p.csv", {"x": [f"£{n + 1_000:,}.50" for n in NUMBERS]}))
    assert columns(text)["x"]["kind"] == "money"
    assert "was written with £" in text
    assert column(tmp_path, "height", ["-", "+", "x", "."] * 20)["kind"] == "choice"
    assert column(tmp_path, "height", [".5", "-.25", "+1.5"] * 20)["kind"] == "decimal"
    huge = column(tmp_path, "height", [f"{n}e12" if n else "0.5" for n in NUMBERS])
    assert huge["between"][1] < 1e9
    assert column(tmp_path, "height", ["1.5e-7", "0.25", "3"] * 20)["places"] == 2


def test_truth_and_choices(tmp_path: Path) -> None:
    assert column(tmp_path, "vip", ["true", "FALSE", "true", "True"] * 50) == {
        "kind": "boolean",
        "chance": 0.75,
    }
    assert column(tmp_path, "vip", ["true"] * 4 + ["false"] * 4)["kind"] == "boolean"
    assert column(tmp_path, "size", [1, 2, 2, 3] * 50)["of"] == {2: 0.5, 1: 0.25, 3: 0.25}
    held = ["open"] * 150 + ["closed"] * 40 + ["zigzag", "zagzig"] * 5
    assert column(tmp_path, "status", held)["of"] == {"open": 0.75, "closed": 0.2, "other": 0.05}
    one = ["open"] * 195 + ["zigzag"]
    assert column(tmp_path, "status", one)["of"] == {"open": 0.99, "other": 0.01}
    assert column(tmp_path, "size", [1, 2] * 90 + [3] * 9)["of"] == {1: 0.5, 2: 0.5}


@pytest.mark.parametrize(
    "value",
    [
        *("Ada Smith", "12345", "zig@zag.org", "{{ zig }}", "z" * 41, "a 55 999", "AB123456C"),
        *("0 Acacia Road, Ilkley", "1 Acacia Road", "Acacia Road", "Flat 3", "C0000", "PRN0757"),
        *("worker0", "w7", "Case 7", "zig, zag", "zig.zag", "one of four words", "Dr Zigzag"),
        *("z" * 31, "zig\u0663", "zig 100"),
    ],
)
def test_categories_that_may_be_somebodys_are_not_told(value: str, tmp_path: Path) -> None:
    text = inferred(table(tmp_path / "some.csv", {"state": [value, "open", "shut", "held"] * 50}))
    assert value not in text


@pytest.mark.parametrize(
    "value",
    [
        "A",
        "H",
        "band 7",
        "Tier 1",
        "n/a",
        "in_progress",
        "16",
        "5+",
        "not yet known",
        "Mother-in-law",
    ],
)
def test_categories_that_are_words_and_grades_are_told(value: str, tmp_path: Path) -> None:
    made = column(tmp_path, "state", [value, "open", "shut", "held"] * 50)
    assert made["of"][value] == 0.25


def test_numbers_of_more_than_two_digits_are_no_choice(tmp_path: Path) -> None:
    assert column(tmp_path, "bedrooms", [1, -99, 99] * 50)["kind"] == "choice"
    made = column(tmp_path, "bedrooms", [1_417, 1_862, 1_953] * 50)
    assert made["kind"] == "integer"
    assert "1417" not in str(made)


def test_addresses_are_known_by_their_values(tmp_path: Path) -> None:
    values = ["Flat 2, 7a Zig Road, Zagton", "12 Zag St.", "9 O'Zig Lane Zagton", "zig"] * 40
    text = inferred(table(tmp_path / "some.csv", {"c3": values}))
    assert columns(text) == {"c3": {"kind": "address"}}
    assert "values look like addresses" in text
    assert column(tmp_path, "c3", ["2 weeks", "3 years on the street"] * 40)["kind"] != "address"


def test_a_shape_needs_ten_texts(tmp_path: Path) -> None:
    ten = column(tmp_path, "c1", [f"C{n:04}" for n in range(10)] * 20)
    assert ten == {"kind": "pattern", "pattern": "@####"}
    assert column(tmp_path, "c1", [f"C{n:04}" for n in range(9)] * 20)["kind"] == "text"


@pytest.mark.parametrize("name", ["assigned_to", "created_by", "owner", "notes", "team_manager"])
def test_columns_that_name_people_are_no_choice(name: str, tmp_path: Path) -> None:
    assert "Zigzag" not in inferred(table(tmp_path / "some.csv", {name: ["Zigzag", "Zag"] * 50}))


def test_names_of_persons_are_known_by_their_values(tmp_path: Path) -> None:
    made = column(tmp_path, "c1", [f"{n}" for n in ("Ada Smith", "Ben Jones") * 4])
    assert made == {"kind": "full_name"}


def test_dates_end_with_months_or_years(tmp_path: Path) -> None:
    days = [DAY + timedelta(n) for n in NUMBERS]
    made = {"kind": "date", "between": [date(2020, 1, 1), date(2020, 7, 31)]}
    assert column(tmp_path, "seen_on", days) == made
    assert column(tmp_path, "seen_on", [f"{day:%d/%m/%Y}" for day in days]) == made
    years = [DAY + timedelta(20 * n) for n in NUMBERS]
    assert column(tmp_path, "seen_on", years)["between"][1] == date(2030, 12, 31)
    moments = [f"{day} 12:00:00.25Z" for day in days]
    assert column(tmp_path, "seen", moments)["kind"] == "timestamp"
    assert column(tmp_path, "seen_on", days[:5])["between"] == [
        date(2025, 1, 1),
        date(2025, 12, 31),
    ]
    december = [date(2020, 12, 5)] * 20
    assert column(tmp_path, "seen_on", december)["between"][1] == date(2020, 12, 31)
    wrong = inferred(table(tmp_path / "w.csv", {"seen_on": [*days, *["31/02/x"] * 2]}))
    assert "a few values have another form" in wrong


def test_texts_have_a_shape_or_are_to_be_written(tmp_path: Path) -> None:
    made = column(tmp_path, "case_ref", [f"APP-{n:04}/x" for n in NUMBERS])
    assert made == {"kind": "pattern", "pattern": "@@@-####/?", "unique": True}
    codes = column(tmp_path, "code", [f"E{n % 90:03}" for n in NUMBERS])
    assert codes == {"kind": "pattern", "pattern": "@###"}
    text = inferred(table(tmp_path / "t.csv", {"story": [f"went to {n} zigs" for n in NUMBERS]}))
    assert "# free text, about 200 rows: write sentences of your own" in text
    assert "zigs" not in text


def test_what_is_unique_stays_unique(tmp_path: Path) -> None:
    ids = [str(UUID(int=n)) for n in NUMBERS]
    assert column(tmp_path, "x", ids) == {"kind": "uuid"}
    repeated = inferred(table(tmp_path / "some.csv", {"x": ids * 2}))
    assert "values repeat; these do not" in repeated
    assert column(tmp_path, "x", range(1, 201)) == {"kind": "sequence"}
    assert column(tmp_path, "case_no", range(7_123, 7_923, 4)) == {
        "kind": "sequence",
        "start": 7_100,
    }


def test_missing_values_have_a_rounded_rate(tmp_path: Path) -> None:
    assert column(tmp_path, "visits", [None] * 30 + [*NUMBERS])["missing"] == 0.13
    assert "missing" not in column(tmp_path, "visits", [*NUMBERS, *[None] * 9])
    assert column(tmp_path, "visits", [5, 6, 7, *[None] * 97])["missing"] == 1.0
    text = inferred(table(tmp_path / "n.csv", {"a": NUMBERS, "b": [None] * ROWS}))
    assert "no value: structure only" in text


def test_less_than_ten_rows_give_structure_only(tmp_path: Path) -> None:
    path = table(
        tmp_path / "few.csv",
        {"id": range(5), "state": ["zig"] * 5, "sum": [4.5] * 5, "n": [91] * 5},
    )
    text = inferred(path)
    assert "# fewer than ten rows: structure only" in text
    assert "zig" not in text
    assert "91" not in text
    assert yaml.safe_load(text)["data"]["tables"]["few"]["rows"] == 10


def test_rows_are_rounded_unless_asked_for(tmp_path: Path) -> None:
    path = table(tmp_path / "some.csv", {"visits": [n % 7 for n in range(1_234)]})
    assert "rows: 1200\n" in inferred(path)
    assert "rows: 1234\n" in inferred(path, exact=True)


def test_names_are_made_fit(tmp_path: Path) -> None:
    path = tmp_path / "2nd Table (é).csv"
    path.write_text("Größe,größe,£,Größe\n" + "1,2,3,4\n" * 12)
    text = inferred(path)
    assert list(columns(text)) == ["groe", "groe_2", "c", "groe_4"]
    assert "Größe" in text
    assert "table_1:\n      # its name may tell of somebody" in text
    assert "2nd" not in text
    assert names.fit("2nd Table (é)") == "c_2nd_table_e"
    assert names.fit("x" * 80, {"x" * 60}) == f"{'x' * 56}_2"
    assert names.shown("a\nb\u2028c") == "a b c"


def test_parts_and_ranks_leave_ten_rows_each() -> None:
    for rows in (10, 19, 20, 57, 200, 12_345):
        places = profile.ranks(rows)
        assert places == tuple(sorted(places))
        if rows >= 20:
            assert places[0] == 10
            assert rows - places[-1] + 1 == 10


def test_rounding_is_outward() -> None:
    assert rounding.down(1_299) == 1_200
    assert rounding.up(-1_299) == -1_200
    assert rounding.nearest(0.0) == 0
    assert rounding.days(-1e9, 1e9) == (date(1000, 1, 1), date(9998, 12, 31))
    assert rounding.ages(-1e6, -1e6, DAY, 110) == (100, 110)
