"""Numbers of taxpayers, firms, bank accounts and cards."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sandboxctl.data.identifiers import checks
from sandboxctl.data.identifiers.identifier import Identifier, SafeSet
from sandboxctl.data.identifiers.pools import number, weighted
from sandboxctl.data.identifiers.tidy import GAPS, compact, grouped, replaced

if TYPE_CHECKING:
    from sandboxctl.data.identifiers.identifier import Index, Parts

PAID = (
    "4444333322221111", "4242424242424242", "4000056655665556", "4988080000000000",
    "5101110000000004", "5105105105105100", "5200828282828210", "371449635398431",
    "3566002020360505", "6011000990139424",
)  # fmt: skip
REFUSED = (
    "4000000000000002", "4000000000000069", "4000000000000127", "4000000000000119",
    "6759649826438453",
)  # fmt: skip
"""Declined, expired, wrong security code, an error, not accepted."""

SORT_CODES = ("20-00-00", "08-99-99", "10-79-99")
ACCOUNTS = ("55779911", "66374958", "88837493")
"""Of the sort code in the same place."""


def _utr(ranks: Index) -> Parts:
    body, choice = divmod(ranks, 8)
    remainder = weighted(body, *checks.UTR_WEIGHTS) % 11
    # the table of check digits in a formula: 2 and 1, then down from 9
    right = (2 - remainder) * (remainder < 2) + (11 - remainder) * (remainder >= 2)
    wrong = (right + choice) % 9 + 1
    return *number(wrong, 1), *number(body, 3, 3, 3)


def _vat_number(ranks: Index) -> Parts:
    body, choice = divmod(ranks, 94)
    remainder = choice + 1
    remainder = remainder + (remainder >= 42)
    remainder = remainder + (remainder >= 55)
    pair = (remainder - weighted(body, *checks.VAT_WEIGHTS)) % 97
    return "GB", *number(body * 100 + pair, 3, 3, 3)


def _company_number(ranks: Index) -> Parts:
    return "99", *number(ranks, 3, 3)


UTR = Identifier(
    "utr", "unique taxpayer reference", "unique taxpayer references",
    r"[0-9]{10}", r"[Kk]?[0-9]{5}[ -]?[0-9]{5}[Kk]?",
    (
        SafeSet(
            "wrong check digit", "ten digits, the first of which is a wrong check digit",
            8_000_000_000, "C", "HMRC's domain library: the first digit follows from the others",
            "ten digits: yes; check digit (modulus 11): no, on purpose", _utr,
            "[1-9][0-9]{9}", "wrong",
        ),
    ),
    ("utr", "tax_reference", "taxpayer"), strong=True, check_words="modulus 11, in front",
    tidy=partial(compact, drop=f"{GAPS}Kk"), right=checks.utr,
)  # fmt: skip
VAT_NUMBER = Identifier(
    "vat_number", "VAT number", "VAT numbers",
    r"GB[0-9]{9}", r"(?:[Gg][Bb] ?)?[0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{2}",
    (
        SafeSet(
            "wrong check digits",
            "GB and nine digits, the last two of which are wrong check digits",
            940_000_000, "C", "HMRC's domain library: the last two digits follow from the others",
            "GB and nine digits: yes; check digits (modulus 97): no, on purpose", _vat_number,
            "GB[0-9]{7}(?:[0-8][0-9]|9[0-6])", "wrong",
        ),
    ),
    ("vat", "vat_number", "vat_registration"), strong=True,
    check_words="modulus 97, two digits", tidy=replaced("^([0-9]{9})$", r"GB\1"),
    right=checks.vat_number,
)  # fmt: skip
COMPANY_NUMBER = Identifier(
    "company_number", "company number", "company numbers",
    r"(?:[0-9]{2}|[A-Z]{2})[0-9]{6}", r"(?:[0-9]{2}|[A-Za-z]{2}) ?[0-9]{6}",
    (
        SafeSet(
            "99", "99000000 to 99999999", 1_000_000, "B",
            "Companies House numbers firms in sequence and has reached about sixteen million",
            "eight digits: yes", _company_number, "99[0-9]{6}",
        ),
    ),
    ("company", "company_number", "company_no", "crn", "companies_house"),
)  # fmt: skip
CARD = Identifier(
    "card", "card number", "card numbers",
    r"[0-9]{13,19}", r"[0-9](?:[ -]?[0-9]){12,18}",
    (
        SafeSet(
            "paid", "test numbers of GOV.UK Pay with which a payment succeeds",
            len(PAID), "C", "GOV.UK Pay documentation, mock card numbers",
            "check digit (Luhn): yes", lambda ranks: ((PAID, ranks),), "|".join(PAID),
        ),
        SafeSet(
            "refused", "test numbers of GOV.UK Pay with which a payment fails",
            len(REFUSED), "C", "GOV.UK Pay documentation, mock card numbers",
            "check digit (Luhn): yes", lambda ranks: ((REFUSED, ranks),), "|".join(REFUSED),
        ),
    ),
    ("card", "card_number", "pan"), strong=True, check_words="Luhn", right=checks.card,
)  # fmt: skip
SORT_CODE = Identifier(
    "sort_code", "sort code", "sort codes",
    r"[0-9]{2}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}",
    (
        SafeSet(
            "published", "of the published test accounts", len(SORT_CODES), "C",
            "GoCardless sandbox; test cases of Vocalink's modulus check",
            "six digits: yes; modulus check with the account number of the same row: yes",
            lambda ranks: ((SORT_CODES, ranks),), "|".join(SORT_CODES),
        ),
    ),
    ("sort_code", "sortcode", "sort"), tidy=grouped("-", 2, 4),
)  # fmt: skip
ACCOUNT_NUMBER = Identifier(
    "account_number", "account number", "account numbers",
    r"[0-9]{8}", r"[0-9]{4}[ -]?[0-9]{4}",
    (
        SafeSet(
            "published", "of the published test accounts", len(ACCOUNTS), "C",
            "GoCardless sandbox; test cases of Vocalink's modulus check",
            "eight digits: yes; modulus check with the sort code of the same row: yes",
            lambda ranks: ((ACCOUNTS, ranks),), "|".join(ACCOUNTS),
        ),
    ),
    ("account", "account_number", "account_no", "bank_account"),
)  # fmt: skip
