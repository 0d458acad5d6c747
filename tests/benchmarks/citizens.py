"""One row of thirteen columns about a citizen, by Faker, by Mimesis, and by us."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

COLUMNS: dict[str, dict[str, Any]] = {
    "id": {"kind": "uuid"},
    "forename": {"kind": "forename"},
    "surname": {"kind": "surname"},
    "dob": {"kind": "date_of_birth"},
    "nino": {"kind": "nino"},
    "nhs_number": {"kind": "nhs_number"},
    "address": {"kind": "address", "form": "street"},
    "town": {"kind": "town"},
    "postcode": {"kind": "postcode"},
    "email": {"kind": "email"},
    "phone": {"kind": "mobile"},
    "registered": {"kind": "date", "between": ["2015-01-01", "2025-12-31"]},
    "status": {"kind": "choice", "of": {"active": 0.9, "closed": 0.08, "suspended": 0.02}},
}
STATUS = ("active", "closed", "suspended")
SHARES = (0.9, 0.08, 0.02)

Row = Callable[[], tuple[object, ...]]


def asked(rows: int) -> dict[str, Any]:
    """The `data` section of a blueprint with that one table."""
    return {"seed": 2026, "tables": {"citizens": {"rows": rows, "columns": COLUMNS}}}


def faker_row() -> Row:
    """Faker's British locale, as its documentation shows it."""
    from faker import Faker

    fake = Faker("en_GB")
    fake.seed_instance(2026)

    def row() -> tuple[object, ...]:
        return (
            fake.uuid4(), fake.first_name(), fake.last_name(),
            fake.date_of_birth(minimum_age=0, maximum_age=100), fake.ssn(),
            fake.numerify("##########"), fake.street_address(), fake.city(), fake.postcode(),
            fake.email(), fake.cellphone_number(),
            fake.date_between(date(2015, 1, 1), date(2025, 12, 31)),
            fake.random_element(STATUS),
        )  # fmt: skip

    return row


def mimesis_row() -> Row:
    """Mimesis' British locale, provider by provider, which is its fast way."""
    from mimesis import Generic
    from mimesis.locales import Locale

    made = Generic(locale=Locale.EN_GB, seed=2026)
    person, address, code, when = made.person, made.address, made.code, made.datetime
    random = made.random

    def row() -> tuple[object, ...]:
        return (
            uuid.UUID(int=random.getrandbits(128)), person.first_name(), person.last_name(),
            when.date(start=1925, end=2025), code.pin(mask="QQ######@"),
            code.pin(mask="##########"),
            address.address(), address.city(), address.postal_code(), person.email(),
            person.phone_number(), when.date(start=2015, end=2025),
            random.choices(STATUS, SHARES)[0],
        )  # fmt: skip

    return row


def rows(row: Row, count: int) -> Iterator[tuple[object, ...]]:
    return (row() for _ in range(count))


def csv_of(row: Row, count: int, path: Path) -> None:
    """What a person would write: the standard library's writer."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows(row, count))
