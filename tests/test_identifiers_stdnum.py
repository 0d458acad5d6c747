"""Somebody else's validators agree with what the registry says of its values."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from stdnum import luhn, mac
from stdnum.gb import nhs, upn, utr, vat

from sandboxctl.data.identifiers import IDENTIFIERS, Identifier, SafeSet
from tests.identifiers import array, some

pytestmark = pytest.mark.slow
"""`make check` leaves them to `make test`."""

KNOWN: list[tuple[str, Callable[[str], bool], bool]] = [
    ("nhs_number", nhs.is_valid, True),
    ("chi_number", nhs.is_valid, True),
    ("card", luhn.is_valid, True),
    ("mac", lambda text: bool(mac.is_valid(text, validate_manufacturer=False)), True),
    ("utr", utr.is_valid, False),
    ("vat_number", vat.is_valid, False),
    # the check letter is right, the local authority is none
    ("upn", lambda text: bool(upn.calc_check_digit(text[1:]) == text[0]), True),
    ("upn", upn.is_valid, False),
]


def sets_of(kind: str) -> tuple[Identifier, tuple[SafeSet, ...]]:
    return IDENTIFIERS[kind], IDENTIFIERS[kind].sets


@pytest.mark.parametrize(("kind", "is_valid", "passes"), KNOWN)
def test_safe_values_pass_or_fail_as_the_registry_says(
    kind: str, is_valid: Callable[[str], bool], passes: bool
) -> None:
    identifier, sets = sets_of(kind)
    for safe in sets:
        assert {is_valid(text) for text in some(safe, 5_000).to_pylist()} == {passes}
        assert ("yes" if passes else "no") in safe.passes
    assert identifier.sets


def digits(count: int, width: int, first: int) -> list[str]:
    """Numbers that have nothing to do with how the registry makes them."""
    random = np.random.default_rng(7)
    return [f"{n:0{width}}" for n in random.integers(first, 10**width, count).tolist()]


@pytest.mark.parametrize(
    ("kind", "texts", "is_valid"),
    [
        ("nhs_number", digits(20_000, 10, 4 * 10**9), nhs.is_valid),
        ("utr", digits(20_000, 10, 0), utr.is_valid),
        ("vat_number", [f"GB{text}" for text in digits(20_000, 9, 10**8)], vat.is_valid),
        ("card", digits(20_000, 16, 0), luhn.is_valid),
        ("card", [*digits(5_000, 13, 0), *digits(5_000, 18, 0)], luhn.is_valid),
        (
            "upn",
            [f"{'ABCDEFGH'[int(text[0]) % 8]}{text}" for text in digits(20_000, 12, 0)],
            lambda text: upn.calc_check_digit(text[1:]) == text[0],
        ),
    ],
    ids=["nhs_number", "utr", "vat_number", "card", "cards of two lengths", "upn"],
)
def test_check_digits_are_judged_alike(
    kind: str, texts: list[str], is_valid: Callable[[str], Any]
) -> None:
    found = IDENTIFIERS[kind].valid_all(array(*texts)).tolist()
    assert found == [bool(is_valid(text)) for text in texts]
    assert {True, False} == set(found)


def test_a_temporary_pupil_number_may_end_in_a_letter() -> None:
    number = "80120000100A"
    letter = upn.calc_check_digit(number)
    assert IDENTIFIERS["upn"].valid_all(array(letter + number, f"Z{number}")).tolist() == [
        True,
        letter == "Z",
    ]


def test_addresses_of_computers_are_for_documentation() -> None:
    four, six = IDENTIFIERS["ip"].sets
    nets = [
        ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
    ]
    for text in some(four).to_pylist():
        assert any(ipaddress.ip_address(text) in net for net in nets)
    for text in some(six, 5_000).to_pylist():
        address = ipaddress.ip_address(text)
        assert address in ipaddress.ip_network("2001:db8::/32")
        assert str(address) == text
