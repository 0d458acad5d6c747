"""What people write is understood, and what could be somebody's is told from what cannot."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sandboxctl.data.identifiers import IDENTIFIERS, Identifier
from tests.identifiers import array, is_safe


@pytest.mark.parametrize(
    ("kind", "written", "canonical"),
    [
        ("nino", "qq 12 34 56 c", "QQ123456C"),
        ("nino", "QQ-12-34-56-C", "QQ123456C"),
        ("nhs_number", "999 000 0018", "9990000018"),
        ("nhs_number", "999-000-0018", "9990000018"),
        ("chi_number", "310237 1477", "3102371477"),
        ("upn", "j 000 0001 23456", "J000000123456"),
        ("driving_licence", "smith 902315 jb9ab", "SMITH902315JB9AB"),
        ("passport", "000 123 456", "000123456"),
        ("utr", "31234 56789k", "3123456789"),
        ("utr", "K3123456789", "3123456789"),
        ("vat_number", "123 4567 02", "GB123456702"),
        ("vat_number", "gb 123 4567 02", "GB123456702"),
        ("company_number", "99 123456", "99123456"),
        ("company_number", "sc123456", "SC123456"),
        ("card", "4242 4242 4242 4242", "4242424242424242"),
        ("card", "3714-496353-98431", "371449635398431"),
        ("sort_code", "200000", "20-00-00"),
        ("sort_code", "20 00 00", "20-00-00"),
        ("account_number", "5577 9911", "55779911"),
        ("postcode", "aa11aa", "AA1 1AA"),
        ("postcode", "AA1 1AA", "AA1 1AA"),
        ("uprn", "999900000001", "999900000001"),
        ("uprn", "000012345678", "12345678"),
        ("usrn", "99900001", "99900001"),
        ("vrn", "ab01cde", "AB01 CDE"),
        ("mobile", "07700900123", "07700 900123"),
        ("mobile", "+44 7700 900 123", "07700 900123"),
        ("mobile", "0044 7700 900123", "07700 900123"),
        ("landline", "(0113) 496 0123", "0113 496 0123"),
        ("landline", "+44 (0)20 7946-0123", "020 7946 0123"),
        ("landline", "01632960123", "01632 960123"),
        ("phone", "03069990123", "03069 990123"),
        ("phone", "08081570123", "0808 157 0123"),
        ("email", "Somebody@Example.COM ", "somebody@example.com"),
        ("url", "HTTPS://WWW.EXAMPLE.ORG/Case", "https://www.example.org/case"),
        ("ip", "2001:DB8::1", "2001:db8::1"),
        ("mac", "00:00:5e:00:53:2a", "00-00-5E-00-53-2A"),
        ("mac", "0000.5e00.532a", "00-00-5E-00-53-2A"),
        ("asn", "as 64500", "AS64500"),
    ],
)
def test_writing_is_understood(kind: str, written: str, canonical: str) -> None:
    identifier = IDENTIFIERS[kind]
    assert re.fullmatch(identifier.written, written.strip())
    assert identifier.normal(array(written)).to_pylist() == [canonical]
    assert re.fullmatch(identifier.form, canonical)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("nino", "AB123456C"),
        ("nino", "QQ123456E"),
        ("nino", "TN123456A"),
        ("nhs_number", "4010232137"),
        ("nhs_number", "9434765919"),
        ("nhs_number", "9990000011"),
        ("chi_number", "0101011237"),
        ("chi_number", "3002371477"),
        ("upn", "H801200001001"),
        ("upn", "A000000123456"),
        ("driving_licence", "SMITH902285JB9AB"),
        ("passport", "925076473"),
        ("utr", "1955839661"),
        ("vat_number", "GB980780684"),
        ("vat_number", "GB123456798"),
        ("company_number", "00445790"),
        ("company_number", "SC123456"),
        ("card", "4111111111111112"),
        ("card", "5555555555554444"),
        ("sort_code", "40-47-84"),
        ("account_number", "70872490"),
        ("postcode", "SW1A 1AA"),
        ("postcode", "AA1 1CA"),
        ("postcode", "AA0 1AA"),
        ("postcode", "BF1 1AA"),
        ("postcode", "nonsense"),
        ("uprn", "100023336956"),
        ("uprn", "99990000000"),
        ("usrn", "20500101"),
        ("vrn", "AB51 CDE"),
        ("vrn", "AB01 CDI"),
        ("vrn", "A123 BCD"),
        ("mobile", "07700 900000"),
        ("mobile", "07700 900111"),
        ("mobile", "07700 900222"),
        ("mobile", "07700 901000"),
        ("mobile", "07912 345678"),
        ("landline", "0161 496 1000"),
        ("landline", "0113 496 0ABC"),
        ("landline", "020 7219 3000"),
        ("landline", "0191 496 0123"),
        ("landline", "07700 900123"),
        ("phone", "0800 111 1111"),
        ("phone", "07700 900222"),
        ("email", "somebody@gmail.com"),
        ("email", "somebody@notexample.com"),
        ("email", "somebody@example.com.co"),
        ("url", "https://www.gov.uk/"),
        ("url", "https://example.com@gov.uk/"),
        ("url", "https://gov.uk/?www.example.com"),
        ("ip", "8.8.8.8"),
        ("ip", "192.0.3.1"),
        ("ip", "2001:db9::1"),
        ("ip", "192.0.2.256"),
        ("mac", "00-00-5E-00-54-01"),
        ("asn", "AS2856"),
    ],
)
def test_what_could_be_somebodys_is_not_in_the_set(kind: str, written: str) -> None:
    assert not is_safe(kind, written)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("nino", "AB123456C"),
        ("nhs_number", "401 023 2137"),
        ("chi_number", "0101011237"),
        ("upn", "H801200001001"),
        ("driving_licence", "MORGA657054SM9IJ"),
        ("passport", "925076473"),
        ("utr", "1955839661"),
        ("vat_number", "GB 980 7806 84"),
        ("company_number", "00445790"),
        ("card", "5555 5555 5555 4444"),
        ("card", "3782-822463-10005"),
        ("postcode", "SW1A 1AA"),
        ("postcode", "M1 1AE"),
        ("vrn", "AB51 CDE"),
        ("vrn", "A123 BCD"),
        ("mobile", "+447912345678"),
        ("landline", "020 7219 3000"),
        ("landline", "01865 270000"),
        ("phone", "0800 111 1111"),
        ("phone", "0300 123 1234"),
        ("email", "O'Neill@btinternet.com"),
        ("url", "http://www.gov.uk/find?x=1#y"),
        ("ip", "8.8.8.8"),
        ("ip", "2a00:1450:4009::200e"),
        ("ip", "fe80::1"),
        ("mac", "3c:22:fb:01:02:03"),
        ("asn", "AS2856"),
    ],
)
def test_what_could_be_somebodys_is_recognised(kind: str, written: str) -> None:
    identifier = IDENTIFIERS[kind]
    assert re.fullmatch(identifier.written, written)
    assert identifier.valid_all(identifier.normal(array(written))).all()
    assert not is_safe(kind, written)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("nino", "DA123456A"),
        ("nhs_number", "4010232138"),
        ("nhs_number", "0101011237"),
        ("utr", "1955839662"),
        ("vat_number", "GB980780685"),
        ("card", "5555555555554445"),
        ("upn", "A801200001001"),
        ("ip", "12:30:45"),
        ("ip", "1.2.3"),
        ("phone", "0113 496"),
        ("phone", "0"),
        ("mac", "00-00-5E"),
        ("postcode", "12"),
    ],
)
def test_what_is_no_identifier_is_not_taken_for_one(kind: str, written: str) -> None:
    identifier = IDENTIFIERS[kind]
    assert not identifier.valid_all(identifier.normal(array(written))).any()


@pytest.mark.parametrize("identifier", IDENTIFIERS.values(), ids=list(IDENTIFIERS))
def test_patterns_suit_both_engines(identifier: Identifier) -> None:
    for pattern in (identifier.written, identifier.form, *(one.pattern for one in identifier.sets)):
        assert re.compile(pattern).groups == 0
        assert not re.search(r"\(\?[=!<P]|\\[1-9]", pattern)
        assert pc.match_substring_regex(array("x"), pattern) is not None


@pytest.mark.parametrize("identifier", IDENTIFIERS.values(), ids=list(IDENTIFIERS))
def test_any_column_of_texts_will_do(identifier: Identifier) -> None:
    texts = array(identifier.sets[0].example, None, "", "é – nobody’s", identifier.sets[0].example)
    expected = [True, False, False, False, True]
    canonical = identifier.normal(texts)
    assert canonical.is_null().to_pylist() == [False, True, False, False, False]
    for column in (canonical, canonical.dictionary_encode(), canonical.cast(pa.large_string())):
        assert identifier.contains_all(column).tolist() == expected
        assert identifier.normal(column).to_pylist() == canonical.to_pylist()
    pieces = pa.chunked_array([canonical.slice(0, 2), canonical.slice(2)])
    assert identifier.contains_all(pieces).tolist() == expected
    assert identifier.contains_all(canonical.slice(3)).tolist() == expected[3:]
    assert identifier.normal(texts.slice(3)).to_pylist() == canonical.to_pylist()[3:]
    assert identifier.contains_all(array()).tolist() == []
    assert identifier.normal(array()).to_pylist() == []
    assert identifier.normal(array(None, None)).to_pylist() == [None, None]


def test_weak_kinds_have_words_to_know_their_column_by() -> None:
    for identifier in IDENTIFIERS.values():
        assert identifier.hints
        assert all(re.fullmatch("[a-z_]+", hint) for hint in identifier.hints)
    weak = {kind for kind, identifier in IDENTIFIERS.items() if not identifier.strong}
    assert {"uprn", "usrn", "account_number", "sort_code", "passport", "company_number"} <= weak
