"""Ready-made data: every pack is taken, its references hold, and so do the rules of its field.

The rules are worked out here once more, in plain Python on the rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sandboxctl.blueprint import packs, tree
from sandboxctl.blueprint.packs_page import page
from sandboxctl.blueprint.reader import read
from sandboxctl.data import tables
from sandboxctl.data.geography import select
from sandboxctl.data.kinds.links import Reference
from sandboxctl.data.model import Data
from sandboxctl.data.problems import problems
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sizes import sizes

PAGE = Path(__file__).resolve().parents[1] / "docs" / "packs.md"
FEW = {
    "benefits-claims": {"claims": "1200"},
    "blue-badge": {"people": "900"},
    "council-tax": {"properties": "700", "band_d": "2280.55"},
    "gp-appointments": {"patients": "3000", "practices": "2"},
    "parking-permits": {"households": "800", "notices": "900"},
    "person-household-address": {"households": "1500"},
    "planning-applications": {"applications": "700"},
    "school-admissions": {"applications": "800"},
}
LISTS = {"parking_zones", "practices", "clinicians", "schools"}
"""Tables that are short in life too."""

SOFT = {
    "person-household-address": [("households.householder", "people.person_id")],
    "council-tax": [("council_tax_accounts.liable_person", "people.person_id")],
    "parking-permits": [("parking_permits.holder", "people.person_id")],
    "blue-badge": [("badges.holder", "people.person_id")],
    "school-admissions": [
        ("school_preferences.school", "schools.school_number"),
        ("school_applications.offered_school", "schools.school_number"),
        ("school_applications.parent_or_carer", "people.person_id"),
    ],
}
"""Columns that lead to a row of another table, but are worked out."""

Row = dict[str, Any]
Tables = dict[str, list[Row]]


@lru_cache(maxsize=8)
def made(name: str) -> Tables:
    """A small one of a pack, all rows."""
    dataset = Dataset(packs.alone(name, FEW[name]))
    return {
        table: tables.rows(dataset, table, 0, size).to_pylist()
        for table, size in dataset.sizes.items()
    }


def keyed(rows: Iterable[Row], key: str) -> dict[Any, Row]:
    return {row[key]: row for row in rows}


def grouped(rows: Iterable[Row], key: str) -> dict[Any, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def share(rows: list[Row], holds: Callable[[Row], Any]) -> float:
    return sum(map(bool, map(holds, rows))) / len(rows)


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(1)).day
    return date(year, month + 1, min(day.day, last))


def pennies(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def ascending(*days: date | None) -> bool:
    known = [day for day in days if day]
    return known == sorted(known)


def blueprint(text: str) -> tuple[tree.Mapping, list[str]]:
    """A blueprint spread over its packs, and what is wrong."""
    document = read(text.encode())
    assert document.root is not None
    root, found = packs.spread(document.root)
    return root, [problem.shown("blueprint.yaml") for problem in found]


def data(text: str) -> Data:
    root, found = blueprint(text)
    assert not found
    content = tree.plain(root)
    assert isinstance(content, dict)
    return Data.model_validate(content["data"])


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "a pack has changed: write page() of sandboxctl.blueprint.packs_page to this file"
    )


def test_the_example_of_the_page_works() -> None:
    whole = data(page().split("```yaml\n")[1].split("```")[0])
    assert list(problems(whole)) == []
    assert sizes(whole)["claims"] == 20_000
    assert [*whole.tables["claims"].columns][-1] == "office"


def test_all_packs_of_the_promise_are_there() -> None:
    assert set(packs.names()) == set(FEW)


@pytest.mark.parametrize("name", FEW)
def test_a_pack_is_taken_and_says_where_its_figures_are_from(name: str) -> None:
    assert packs.problems_of(name) == []
    found = packs.pack(name)
    assert found.standard
    assert any("Assumption" in source for source in found.sources)
    assert any(": " in source and "Assumption" not in source for source in found.sources)
    whole = packs.alone(name, {})
    assert set(found.sources) <= set(whole.sources)


@pytest.mark.parametrize("name", FEW)
def test_every_table_has_rows_enough(name: str) -> None:
    counted = sizes(packs.alone(name, {}))
    assert {t for t, rows in counted.items() if rows < 200} <= LISTS
    assert all(counted.values())


ENDS = [
    (name, option, str(int(end)))
    for name in FEW
    for option, spec in packs.pack(name).with_.items()
    for end in (spec.minimum, spec.maximum)
    if end is not None
]


@pytest.mark.parametrize(("name", "option", "value"), ENDS)
def test_a_pack_is_taken_at_the_ends_of_every_parameter(name: str, option: str, value: str) -> None:
    assert list(problems(packs.alone(name, {option: value}))) == []


@pytest.mark.parametrize("name", FEW)
def test_beyond_the_ends_it_is_refused(name: str) -> None:
    for option, spec in packs.pack(name).with_.items():
        if spec.maximum is not None:
            with pytest.raises(ValueError, match="or less"):
                packs.alone(name, {option: str(int(spec.maximum) + 1)})
            with pytest.raises(ValueError, match="or more"):
                packs.alone(name, {option: str(int(spec.minimum or 0) - 1)})


@pytest.mark.parametrize("name", FEW)
def test_a_larger_number_makes_more_rows(name: str) -> None:
    option = next(iter(packs.pack(name).with_))
    small, large = (
        sum(sizes(packs.alone(name, {option: str(n)})).values()) for n in (4_000, 8_000)
    )
    assert 1.2 < large / small < 2.1


@pytest.mark.parametrize("name", FEW)
def test_references_lead_to_rows(name: str) -> None:
    columns = [
        (f"{table}.{column}", kind.to)
        for table, content in packs.alone(name, FEW[name]).tables.items()
        for column, kind in content.columns.items()
        if isinstance(kind, Reference)
    ]
    assert columns
    for here, there in columns + SOFT.get(name, []):
        (table, column), (other, key) = here.split("."), there.split(".")
        known = {row[key] for row in made(name)[other]}
        values = {row[column] for row in made(name)[table]} - {None}
        assert values <= known, here
        assert values, here


@pytest.mark.parametrize("name", FEW)
def test_keys_tell_rows_apart(name: str) -> None:
    for table, content in packs.alone(name, FEW[name]).tables.items():
        rows = [tuple(row[part] for part in content.key) for row in made(name)[table]]
        assert content.key, table
        assert len(set(rows)) == len(rows), table


def test_all_packs_go_together() -> None:
    uses = "".join(f"    {name}: {{}}\n" for name in FEW)
    whole = data(f"data:\n  use:\n{uses}  tables: {{}}\n")
    assert list(problems(whole)) == []
    own = [table for name in FEW for table in set(packs.pack(name).tables)]
    twice = {table for table, times in Counter(own).items() if times > 1}
    assert twice <= {"households", "people", "children"}


def test_households_are_made_of_people() -> None:
    found = made("person-household-address")
    adults, children = (
        grouped(found["people"], "household"),
        grouped(found["children"], "household"),
    )
    for home in found["households"]:
        members = adults[home["household_id"]]
        assert home["adults"] == len(members) >= 1
        assert home["dependent_children"] == len(children[home["household_id"]])
        assert home["householder"] == members[0]["person_id"]
        assert [m["role"] for m in members[:1]] == ["householder"]
        assert {m["role"] for m in members[1:]} <= {"other adult"}
        assert home["family_name"] == members[0]["surname"]
        names = {child["surname"] for child in children[home["household_id"]]}
        assert names <= {home["family_name"]}
    sized = Counter(h["adults"] + h["dependent_children"] for h in found["households"])
    for size, census in {1: 0.30, 2: 0.34, 3: 0.16, 4: 0.13}.items():
        assert abs(sized[size] / 1500 - census) < 0.07


def test_people_have_the_numbers_and_ages_of_adults_and_children() -> None:
    found, today = made("person-household-address"), date(2026, 1, 1)
    assert all(months_later(p["date_of_birth"], 18 * 12) <= today for p in found["people"])
    for child in found["children"]:
        age = child["age"]
        assert months_later(child["date_of_birth"], age * 12) <= today
        assert 0 <= age <= 17
        assert child["upn"] is None or age >= 5
    for number in ("nhs_number", "nino", "email"):
        values = [p[number] for p in found["people"] if p[number]]
        assert len(set(values)) == len(values) > 2_000
    assert 0 < sum(p["date_of_death"] is not None for p in found["people"]) < 80
    assert any(p["welsh_correspondence"] for p in found["people"])
    assert any(p["title"] is None for p in found["people"])


def test_who_has_no_home_has_no_property_reference() -> None:
    found = made("person-household-address")
    for home in found["households"]:
        away = home["local_authority"] is None or "fixed" in home["address_line_1"].lower()
        assert (home["uprn"] is None) == away
        assert (home["tenure"] is None) == (home["accommodation"] is None) == away
    assert any(home["uprn"] is None for home in found["households"])


def test_children_are_called_what_their_age_allows() -> None:
    found = made("person-household-address")
    homes = keyed(found["households"], "household_id")
    for child in found["children"]:
        elder = homes[child["household"]]["householder_born"]
        for years, words in ((16, "brother"), (51, "child"), (200, "grandchild")):
            if months_later(elder, years * 12) > child["date_of_birth"]:
                assert child["relationship_to_householder"].startswith(words)
                break


def test_a_claim_is_paid_by_the_rules() -> None:
    found = made("benefits-claims")
    people, homes = keyed(found["people"], "person_id"), keyed(found["households"], "household_id")
    claims = found["claims"]
    assert len({claim["claimant"] for claim in claims}) == len(claims)
    for claim in claims:
        who = people[claim["claimant"]]
        home = homes[who["household"]]
        turned_25 = months_later(who["date_of_birth"], 25 * 12) <= claim["claim_date"]
        children = home["dependent_children"] if who["role"] == "householder" else 0
        rented = "rented" in (home["tenure"] or "")
        assert (claim["monthly_rent"] is not None) == rented
        free = 0 if not children else 411 if rented else 684
        over = max(claim["monthly_earnings"] - free, Decimal(0)) * Decimal("0.55")
        due = Decimal("400.14" if turned_25 else "316.98") + Decimal("292.81") * children
        due += (claim["monthly_rent"] or 0) - pennies(over)
        assert claim["monthly_award"] == max(due, 0)
        assert (claim["monthly_earnings"] > 0) == claim["in_employment"]
    assert abs(share(claims, lambda c: c["in_employment"]) - 0.36) < 0.06
    regimes = Counter(claim["conditionality_regime"] for claim in claims)
    assert abs(regimes["Searching for work"] / len(claims) - 0.37) < 0.06


def test_assessment_periods_follow_one_another_by_months() -> None:
    found = made("benefits-claims")
    people, periods = keyed(found["people"], "person_id"), found["assessment_periods"]
    paid = keyed(found["claim_payments"], "assessment_period")
    for claim in found["claims"]:
        mine = grouped_periods()[claim["claim_id"]]
        start = claim["claim_date"]
        assert mine[0]["period_start"] == start
        assert claim["last_result"] == mine[-1]["state"]
        died = people[claim["claimant"]]["date_of_death"]
        for number, period in enumerate(mine, 1):
            end = months_later(start, number) - timedelta(1)
            assert (period["period"], period["period_end"]) == (number, end)
            assert period["period_start"] == months_later(start, number - 1)
            assert period["payment_date"] == end + timedelta(7)
            payment = paid[period["assessment_period_id"]]
            after_death = died is not None and died < period["period_start"]
            if period["state"] not in ("award", "sanction") or after_death:
                assert period["award"] == payment["paid_by_due_date"] == 0
                assert payment["paid_on"] is None
            elif period["state"] == "award":
                assert period["award"] == claim["monthly_award"]
    assert len(periods) == len(found["claim_payments"])
    paying = [p for p in found["claim_payments"] if p["amount_due"]]
    assert all(p["paid_on"] >= p["due_on"] for p in paying)
    assert share(paying, lambda p: p["timeliness"] == "paid in full on time") > 0.95


@lru_cache(maxsize=1)
def grouped_periods() -> dict[Any, list[Row]]:
    return grouped(made("benefits-claims")["assessment_periods"], "claim")


def test_histories_ascend_and_end_where_their_cases_stand() -> None:
    for name, table, cases, of, key in (
        ("benefits-claims", "reconsideration_history", "reconsiderations", "reconsideration",
         "reconsideration_id"),
        ("planning-applications", "planning_history", "planning_applications", "application",
         "application_id"),
        ("parking-permits", "penalty_charge_history", "penalty_charge_notices", "notice",
         "pcn_number"),
    ):  # fmt: skip
        steps, found = grouped(made(name)[table], of), made(name)[cases]
        for case in found:
            mine = steps[case[key]]
            days = [step["entered_on"] for step in mine]
            assert days == sorted(days)
            assert mine[-1]["state"] == case["status"]
        assert any(len(steps[case[key]]) > 3 for case in found)


def test_planning_dates_are_in_order() -> None:
    found = made("planning-applications")["planning_applications"]
    for one in found:
        assert ascending(
            one["received_date"],
            one["valid_date"],
            one["consultation_start"],
            one["consultation_end"],
            one["decision_date"],
            one["appeal_date"],
            one["appeal_decision_date"],
        )
        weeks = 13 if one["application_type"] == "major" else 8
        assert one["decision_target_date"] == one["valid_date"] + timedelta(weeks=weeks)
        undecided = one["status"] in ("withdrawn", "undecided")
        assert (one["decision_date"] is None) == (one["planning_decision"] is None) == undecided
        year, number, code = one["reference"].split("/")
        assert (year, int(number), code) == ("26", one["application_id"], one["application_code"])
    decided = [one for one in found if one["planning_decision"]]
    assert abs(share(decided, lambda o: o["planning_decision"] == "granted") - 0.85) < 0.05
    assert abs(share(found, lambda o: o["application_type"] == "householder") - 0.5) < 0.07
    assert 0.8 < share(decided, lambda o: o["in_time"]) < 0.97
    received = [one["received_date"] for one in found]
    assert received == sorted(received)


def test_representations_come_while_there_is_consultation() -> None:
    found = made("planning-applications")
    applications = keyed(found["planning_applications"], "application_id")
    for said in found["planning_representations"]:
        about = applications[said["application"]]
        assert about["consultation_start"] <= said["received_on"] <= about["consultation_end"]
        assert (said["consultee"] is not None) == (said["made_by"] == "statutory consultee")
    district = {site["local_authority"] for site in found["planning_sites"]}
    assert district == {one.code for one in select(("E06000023",))}


def test_no_clinician_is_in_two_places() -> None:
    found = made("gp-appointments")
    for mine in grouped(found["slots"], "clinician").values():
        times = sorted((slot["start"], slot["end"]) for slot in mine)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(times))
        assert all(start.isoweekday() <= 5 and 8 <= start.hour <= 17 for start, _ in times)
    slots = Counter(one["slot"] for one in found["appointments"])
    assert max(slots.values()) == 1
    busy = {slot["slot_id"] for slot in found["slots"] if slot["status"] == "busy"}
    assert busy == set(slots)


def test_nobody_fails_to_attend_in_the_future() -> None:
    found, today = made("gp-appointments")["appointments"], date(2026, 1, 26)
    words = {"Attended": "fulfilled", "DNA": "noshow", "Cancelled": "cancelled", None: "booked"}
    for one in found:
        past = one["start"].date() < today
        assert (one["appointment_status"] is not None) == past
        assert one["status"] == words[one["appointment_status"]]
        assert one["created"] <= min(one["start"].date(), today)
        assert one["days_before"] == (one["start"].date() - one["created"]).days
        assert (one["time_between_book_and_appointment"] == "Same Day") == (not one["days_before"])
    past = [one for one in found if one["start"].date() < today]
    assert abs(share(past, lambda o: o["days_before"] == 0) - 0.44) < 0.04
    assert 0.03 < share(past, lambda o: o["appointment_status"] == "DNA") < 0.06


def test_schools_offer_no_more_places_than_they_have() -> None:
    found = made("school-admissions")
    places = Counter(place["school"] for place in found["school_places"])
    offers = Counter(one["offered_school"] for one in found["school_applications"])
    for school in found["schools"]:
        number = school["school_number"]
        assert offers[number] <= places[number] == school["published_admission_number"]
    assert sum(offers.values()) == len(found["school_applications"])


def test_preferences_are_at_most_six_different_schools_and_one_is_offered() -> None:
    found = made("school-admissions")
    mine = grouped(found["school_preferences"], "application")
    for one in found["school_applications"]:
        wishes = mine[one["application_id"]]
        schools = [wish["school"] for wish in wishes]
        assert [w["preference_rank"] for w in wishes] == [*range(1, len(wishes) + 1)]
        assert len(set(schools)) == len(schools) == one["number_of_preferences"] <= 6
        offered = [w for w in wishes if w["outcome"] == "offered"]
        if one["offered_preference"] is None:
            assert one["offered_school"] not in schools
            assert not offered
        else:
            assert [w["preference_rank"] for w in offered] == [one["offered_preference"]]
            assert offered[0]["school"] == one["offered_school"]
    first = share(found["school_applications"], lambda o: o["offered_preference"] == 1)
    assert abs(first - 0.84) < 0.05
    born = [pupil["date_of_birth"] for pupil in found["pupils"]]
    assert date(2014, 9, 1) <= min(born) <= max(born) <= date(2015, 8, 31)


def test_a_bill_is_band_d_by_ratio_less_the_discount() -> None:
    found = made("council-tax")
    homes = keyed(found["households"], "household_id")
    properties = keyed(found["properties"], "property_reference")
    accounts = keyed(found["council_tax_accounts"], "account_reference")
    ninths = dict(zip("ABCDEFGH", (6, 7, 8, 9, 11, 13, 15, 18), strict=True))
    lower = {6: 5, 7: 6, 8: 7, 9: 8, 11: 9, 13: 11, 15: 13, 18: 15}
    for bill in found["council_tax_bills"]:
        home = properties[accounts[bill["account"]]["property"]]
        ratio = ninths[home["council_tax_band"]]
        ratio = lower[ratio] if home["disabled_band_reduction"] else ratio
        gross = pennies(Decimal("2280.55") * ratio / 9)
        assert bill["gross"] == gross
        if bill["exemption_class"]:
            assert bill["amount_due"] == bill["discount"] == 0
        elif homes[home["household"]]["adults"] == 1:
            assert bill["amount_due"] == pennies(gross * Decimal("0.75"))
            assert bill["discount"] == gross - bill["amount_due"]
        else:
            assert bill["amount_due"] == gross
    assert any(bill["exemption_class"] for bill in found["council_tax_bills"])


def test_ten_or_twelve_instalments_add_up_to_the_bill() -> None:
    found, today = made("council-tax"), date(2026, 10, 1)
    mine = grouped(found["council_tax_instalments"], "bill")
    for bill in found["council_tax_bills"]:
        parts = mine[bill["bill_number"]]
        assert len(parts) in (10, 12)
        assert sum(part["amount"] for part in parts) == bill["amount_due"]
        assert [p["due_on"] for p in parts] == [
            months_later(date(2026, 4, 1), number) for number in range(len(parts))
        ]
    for part in found["council_tax_instalments"]:
        if part["paid_on"]:
            assert part["due_on"] <= part["paid_on"] < today
            assert part["state"] == "paid"
        if part["due_on"] >= today and part["amount"]:
            assert part["state"] == "not due yet"
    assert {p["state"] for p in found["council_tax_instalments"]} == {
        "paid", "overdue", "not due yet", "nothing to pay"
    }  # fmt: skip
    for home in found["households"]:
        assert home["address_line_1"]
        assert home["postcode"]


def test_a_badge_lives_three_years_at_most_and_nobody_has_two() -> None:
    found, today = made("blue-badge"), date(2026, 1, 1)
    held = keyed(found["badges"], "application")
    for one in found["badge_applications"]:
        badge = held.get(one["application_id"])
        assert one["decision"] == ("granted" if badge else "refused")
        assert one["applied_on"] < one["decided_on"] <= today
        assert (one["assessed_on"] is None) == (one["eligibility"][:7] == "without")
        if badge:
            assert one["decided_on"] < badge["issue_date"] < badge["expiry_date"]
            assert badge["expiry_date"] <= months_later(badge["issue_date"], 36)
            live = badge["expiry_date"] >= today
            assert badge["status"] == (badge["reported"] or ("live" if live else "expired"))
    for mine in grouped(found["badges"], "holder").values():
        spans = sorted((badge["issue_date"], badge["expiry_date"]) for badge in mine)
        assert all(end < begin for (_, end), (begin, _) in pairwise(spans))
    assert {"live", "expired"} < {badge["status"] for badge in found["badges"]}
    issued = {badge["badge_number"]: badge["issue_date"] for badge in found["badges"]}
    for seen in found["badge_inspections"]:
        assert issued[seen["badge"]] < seen["inspected_on"] <= today


def test_a_home_has_no_more_permits_than_the_limit() -> None:
    found = made("parking-permits")
    mine = Counter(permit["uprn"] for permit in found["parking_permits"])
    assert max(mine.values()) == 3
    for home in found["households"]:
        assert home["permits_held"] == mine[home["uprn"]]
    plates = [permit["vrn"] for permit in found["parking_permits"]]
    assert len(set(plates)) == len(plates)
    for permit in found["parking_permits"]:
        assert permit["valid_to"] == months_later(permit["valid_from"], 12) - timedelta(1)
        assert (permit["co2_g_per_km"] == 0) == (permit["fuel"] == "electric")
    two = Dataset(packs.alone("parking-permits", {"permits_per_home": "2"}))
    rows = tables.rows(two, "parking_permits", 0, two.sizes["parking_permits"]).to_pylist()
    assert max(Counter(row["household"] for row in rows).values()) == 2


def test_a_notice_is_half_the_price_in_fourteen_days() -> None:
    found = made("parking-permits")
    steps = grouped(found["penalty_charge_history"], "notice")
    factor = {"paid with discount": "0.5", "paid in full": "1", "paid with surcharge": "1.5"}
    for notice in found["penalty_charge_notices"]:
        assert notice["charge"] == (50 if notice["contravention_code"] in ("30", "83") else 70)
        paid = notice["charge"] * Decimal(factor.get(notice["status"], "0"))
        assert notice["amount_paid"] == paid
        path = [step["state"] for step in steps[notice["pcn_number"]]]
        if path == ["issued", "paid with discount"]:
            assert (notice["status_since"] - notice["issued_at"].date()).days <= 13
        if "discount lapsed" in path:
            assert notice["status"] != "paid with discount"
    assert set(factor) < {notice["status"] for notice in found["penalty_charge_notices"]}


BLUEPRINT = """\
data:
  seed: 7
  use:
    council-tax: {properties: 400}
  tables:
    council_tax_accounts:
      columns:
        paperless: {kind: boolean, chance: 1}
        payment_method: null
        note: {kind: choice, of: [one]}
    people:
      edge_cases: {near_duplicate: null, welsh: 1}
    extra:
      rows: 3
      columns: {bill: {kind: reference, to: council_tax_bills.bill_number}}
"""


def test_a_blueprint_lays_its_own_over_a_pack() -> None:
    whole = data(BLUEPRINT)
    assert list(problems(whole)) == []
    assert whole.seed == 7
    columns = whole.tables["council_tax_accounts"].columns
    assert "payment_method" not in columns
    assert [*columns][-1] == "note"
    dataset = Dataset(whole)
    rows = tables.rows(dataset, "council_tax_accounts", 0, 400).to_pylist()
    assert all(row["paperless"] for row in rows)
    assert "near_duplicate" not in whole.tables["people"].edge_cases
    assert whole.tables["people"].edge_cases["welsh"] == 1
    assert whole.tables["people"].edge_cases["over_100"] > 0
    assert dataset.sizes["properties"] == 400
    assert dataset.sizes["extra"] == 3
    assert set(packs.pack("council-tax").sources) <= set(whole.sources)


@pytest.mark.parametrize(
    ("use", "said"),
    [
        ("concil-tax: {}", "blueprint.yaml:3: data.use.concil-tax: is not a pack of data; did you "
         "mean `council-tax`?"),
        ("nothing-like-it: {}", "is not a pack of data; there are benefits-claims, blue-badge"),
        ("council-tax: {propertys: 5}", "blueprint.yaml:3: data.use.council-tax.propertys: is not "
         "a parameter of council-tax; did you mean `properties`?"),
        ("council-tax: {properties: 5}", "should be 300 or more, not 5"),
        ("council-tax: {properties: many}", "should be a whole number, not 'many'"),
    ],
)  # fmt: skip
def test_what_there_is_not_is_refused_with_its_line(use: str, said: str) -> None:
    _, found = blueprint(f"data:\n  use:\n    {use}\n  tables: {{}}\n")
    assert len(found) == 1
    assert said in found[0]


def test_data_without_packs_stay_as_they_are() -> None:
    for text in ("name: x\n", "data: {tables: {}}\n", "data: 5\n"):
        document = read(text.encode())
        assert document.root is not None
        assert packs.spread(document.root) == (document.root, [])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("torn", "about: [", "torn"),
        ("nameless", "about: x\ntables: {t: {rows: '{{ homes }}'}}", "`homes` is not known here"),
    ],
)
def test_our_own_mistakes_in_a_pack_are_said(
    name: str, text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf(tmp_path, monkeypatch, name, text)
    with pytest.raises(ValueError, match=said):
        packs.alone(name, {})


@pytest.mark.parametrize(
    ("name", "column", "said"),
    [
        ("unkind", "{kind: unheard-of}", "tables.t.columns.c"),
        ("crowded", "{kind: mobile, unique: true}", "2,000 unique mobile numbers asked for"),
    ],
)
def test_what_is_wrong_with_the_data_of_a_pack_is_listed(
    name: str, column: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"about: x\ntables: {{t: {{rows: 2000, columns: {{c: {column}}}}}}}\n"
    shelf(tmp_path, monkeypatch, name, text)
    (problem,) = packs.problems_of(name)
    assert said in problem


def shelf(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    """A folder of templates with one pack."""
    (folder / "data" / name).mkdir(parents=True)
    (folder / "data" / name / "pack.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(packs, "bundled", lambda _: folder)


def test_use_is_a_mapping() -> None:
    _, found = blueprint("data:\n  use: council-tax\n")
    assert found == [
        "blueprint.yaml:2: data.use: should be a mapping: lines of `pack: {parameter: value}`"
    ]


def test_on_the_command_line_a_wrong_parameter_is_said() -> None:
    with pytest.raises(ValueError, match="is not a parameter of blue-badge; did you mean `people`"):
        packs.alone("blue-badge", {"peopel": "3"})
    with pytest.raises(ValueError, match="whole number"):
        packs.alone("blue-badge", {"people": "many"})
