"""Packs about people and their claims: the rules of the field, worked out once more on the rows."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pytest

from tests.packs import Row, grouped, keyed, made, months_later, pennies, share

pytestmark = pytest.mark.slow
"""`make check` leaves them to `make test`."""


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
    given = Counter(one["place"] for one in found["school_applications"])
    assert max(given.values()) == 1


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
