"""Packs about homes and streets: the rules of the field, worked out once more on the rows."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from sandboxctl.blueprint import packs
from sandboxctl.data import tables
from sandboxctl.data.geography import select
from sandboxctl.data.scope import Dataset
from tests.packs import ascending, grouped, keyed, made, months_later, pennies, share

pytestmark = pytest.mark.slow
"""`make check` leaves them to `make test`."""


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
