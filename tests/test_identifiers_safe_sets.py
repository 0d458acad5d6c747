"""Every value that can be made is in its safe set, there are as many as it says, and none twice."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sandboxctl.data.identifiers import IDENTIFIERS, Identifier, SafeSet
from sandboxctl.data.identifiers.firms import ACCOUNTS, PAID, REFUSED, SORT_CODES
from sandboxctl.data.identifiers.identifier import LEVELS
from sandboxctl.data.identifiers.postcodes import FREE_AREAS, LIVE_AREAS, SPECIAL_AREAS
from tests.identifiers import NAMES, SETS, array, made, some

ALL = 1_000_000
"""Sets up to this size are looked at as a whole."""

KINDS = (
    "nino nhs_number chi_number utr vat_number company_number uprn usrn postcode mobile landline "
    "phone email url ip mac vrn driving_licence passport upn card sort_code account_number asn"
)


@pytest.mark.parametrize(("identifier", "safe"), SETS, ids=NAMES)
def test_what_is_made_belongs_to_the_set(identifier: Identifier, safe: SafeSet) -> None:
    found = some(safe)
    assert identifier.in_set(safe, found).all()
    assert identifier.contains_all(found).all()
    assert pc.count_distinct(found).as_py() == len(found)


@pytest.mark.parametrize(("identifier", "safe"), SETS, ids=NAMES)
def test_what_is_made_is_in_canonical_writing(identifier: Identifier, safe: SafeSet) -> None:
    found = some(safe, 1_000)
    assert identifier.normal(found).equals(found)
    assert all(re.fullmatch(identifier.form, text) for text in found.to_pylist())
    assert all(re.fullmatch(identifier.written, text) for text in found.to_pylist())


@pytest.mark.parametrize(("identifier", "safe"), SETS, ids=NAMES)
def test_check_digits_are_right_unless_they_are_wrong_on_purpose(
    identifier: Identifier, safe: SafeSet
) -> None:
    assert (identifier.valid_all(some(safe, 10_000)) == (safe.check != "wrong")).all()


@pytest.mark.parametrize(("identifier", "safe"), SETS, ids=NAMES)
def test_one_text_and_many_get_the_same_answer(identifier: Identifier, safe: SafeSet) -> None:
    inside = some(safe, 20).to_pylist()
    texts = [*inside, *(text[1:] for text in inside), *(f"{text}\n" for text in inside), ""]
    together = identifier.contains_all(array(*texts, None))
    assert list(together) == [*map(identifier.contains, texts), False]
    assert together[: len(inside)].all()
    assert not together[-len(inside) - 2 :].any()


SMALL = [(safe, name) for (_, safe), name in zip(SETS, NAMES, strict=True) if safe.size <= ALL]


@pytest.mark.slow
@pytest.mark.parametrize("safe", [safe for safe, _ in SMALL], ids=[name for _, name in SMALL])
def test_a_set_has_as_many_values_as_it_says(safe: SafeSet) -> None:
    every = made(safe, np.arange(safe.size, dtype=np.int64))
    assert pc.count_distinct(every).as_py() == safe.size


def numbered(before: str, digits: int, after: str = "") -> pa.Array:
    every = pc.utf8_lpad(pa.array(np.arange(10**digits)).cast(pa.string()), digits, "0")
    return pc.binary_join_element_wise(before, every, after, "")


@pytest.mark.parametrize(
    ("kind", "texts", "members"),
    [
        ("mobile", numbered("07700 900", 3), 997),
        ("mobile", numbered("07700 9", 5), 997),
        ("landline", numbered("0113 496 ", 4), 1_000),
        ("landline", numbered("01632 9", 5), 1_000),
        ("phone", numbered("0808 157 ", 4), 1_000),
        ("phone", numbered("07700 90", 4), 997),
        ("company_number", numbered("99", 4, "00"), 10_000),
        ("company_number", numbered("", 4, "0000"), 100),
        ("ip", numbered("192.0.2.", 3), 156),
        ("asn", numbered("AS", 5), 32),
        ("uprn", numbered("99", 4, "000000"), 100),
        ("usrn", numbered("9", 4, "000"), 100),
        ("passport", numbered("", 4, "00000"), 10),
        # eight of ten first digits: not the right one, nor 0
        ("utr", numbered("", 4, "123456"), 8 * 1_000),
        # 94 of a hundred pairs
        ("vat_number", numbered("GB1234", 5), 94 * 1_000),
        ("nino", numbered("QQ", 6, "A"), 1_000_000),
    ],
)
def test_exactly_the_members_are_contained(kind: str, texts: pa.Array, members: int) -> None:
    assert int(IDENTIFIERS[kind].contains_all(texts).sum()) == members


@pytest.mark.slow
def test_the_range_of_nhs_numbers_has_a_few_more_than_are_made() -> None:
    """Where all ten ninth digits have a check digit, one of them is not made."""
    assert int(IDENTIFIERS["nhs_number"].contains_all(numbered("999", 7)).sum()) == 909_091


def test_the_number_of_a_nino_is_unique_without_its_suffix() -> None:
    for safe in IDENTIFIERS["nino"].sets:
        found = some(safe).to_pylist()
        assert len({text[:-1] for text in found}) == len(found)
        assert {text[-1] for text in found} == set("ABCD")


def test_free_areas_are_nobodys() -> None:
    assert len(LIVE_AREAS) == 124
    assert not set(FREE_AREAS) & (LIVE_AREAS | SPECIAL_AREAS)
    assert IDENTIFIERS["postcode"].size == len(FREE_AREAS) * 99 * 10 * 400


def test_published_test_values_are_what_there_is() -> None:
    assert IDENTIFIERS["card"].size == len(set(PAID)) == 10
    assert not set(PAID) & set(REFUSED)
    assert len(SORT_CODES) == len(ACCOUNTS) == IDENTIFIERS["account_number"].size


def test_every_kind_that_a_blueprint_may_ask_for_is_registered() -> None:
    assert set(IDENTIFIERS) == set(KINDS.split())


@pytest.mark.parametrize("identifier", IDENTIFIERS.values(), ids=list(IDENTIFIERS))
def test_the_usual_set_speaks_for_the_kind(identifier: Identifier) -> None:
    usual = identifier.sets[0]
    assert identifier.size == usual.size
    assert identifier.level == usual.level
    assert identifier.level in LEVELS
    assert identifier.safe_words == usual.words
    assert identifier.source == usual.source
    assert identifier.passes == usual.passes
    ends = np.array([0, identifier.size - 1])
    assert repr(identifier.unrank(ends)) == repr(usual.unrank(ends))
    assert identifier.safe_set(usual.name) is usual


@pytest.mark.parametrize(("identifier", "safe"), SETS, ids=NAMES)
def test_an_example_is_one_of_them(identifier: Identifier, safe: SafeSet) -> None:
    assert identifier.in_set(safe, array(safe.example)).all()


def test_a_passport_is_not_called_safe() -> None:
    assert IDENTIFIERS["passport"].level == "D"
    assert "not known to be safe" in IDENTIFIERS["passport"].safe_words


def test_a_blueprint_is_validated_without_waiting_for_numpy() -> None:
    code = "import sandboxctl.data.identifiers, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
