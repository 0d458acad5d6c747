"""What `data scan` finds: values of every kind in every format; and what it leaves alone."""

from __future__ import annotations

import json
import random
import uuid
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from sandboxctl.data.identifiers import IDENTIFIERS
from sandboxctl.data.scan.findings import Finding
from sandboxctl.data.scan.scan import scan
from tests.planted import ALONE, REAL, safe

pytestmark = pytest.mark.slow
"""`make check` leaves them to `make test`."""


def found(path: Path) -> tuple[Finding, ...]:
    (one,) = scan([path])
    assert one.error is None
    return one.findings


def column(folder: Path, values: list[str] | tuple[str, ...], name: str = "ref") -> Path:
    path = folder / "column.csv"
    path.write_text("\n".join([f"id,{name}", *(f'{n},"{v}"' for n, v in enumerate(values))]))
    return path


def as_csv(folder: Path) -> Path:
    path = folder / "all.csv"
    rows = zip(*REAL.values(), strict=True)
    path.write_text("\n".join([",".join(REAL), *(",".join(row) for row in rows)]))
    return path


def as_json(folder: Path) -> Path:
    path = folder / "all.json"
    rows = [dict(zip(REAL, row, strict=True)) for row in zip(*REAL.values(), strict=True)]
    path.write_text(json.dumps({"people": rows}, indent=1))
    return path


def as_lines(folder: Path) -> Path:
    path = folder / "all.jsonl"
    rows = [dict(zip(REAL, row, strict=True)) for row in zip(*REAL.values(), strict=True)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def as_inserts(folder: Path) -> Path:
    path = folder / "inserts.sql"
    rows = [
        "(" + ", ".join(f"'{v}'" for v in row) + ")" for row in zip(*REAL.values(), strict=True)
    ]
    values = ",\n".join(rows)
    path.write_text(f"INSERT INTO people ({', '.join(REAL)}) VALUES\n{values};\n")
    return path


def as_copy(folder: Path) -> Path:
    path = folder / "copy.sql"
    rows = ["\t".join(row) for row in zip(*REAL.values(), strict=True)]
    body = "\n".join(rows)
    path.write_text(
        f"COPY public.people ({', '.join(REAL)}) FROM stdin;\n{body}\n\\.\n\nSELECT 1;\n"
    )
    return path


def as_parquet(folder: Path) -> Path:
    path = folder / "all.parquet"
    parquet.write_table(pa.table({kind: list(values) for kind, values in REAL.items()}), path)
    return path


FORMATS = {
    as_csv: 2,
    as_json: None,
    as_lines: 1,
    as_inserts: 2,
    as_copy: 2,
    as_parquet: 1,
}


@pytest.mark.parametrize("make", FORMATS)
def test_every_kind_is_found_in_every_format(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    findings = {finding.kind: finding for finding in found(make(tmp_path))}
    assert findings.keys() == REAL.keys()
    for kind, finding in findings.items():
        assert finding.count == len(REAL[kind])
        assert finding.column.rpartition(".")[2] == kind
        if first := FORMATS[make]:
            assert finding.rows == tuple(range(first, first + 4))
        assert not {*finding.shown} & {*REAL[kind]}


def test_every_kind_of_the_registry_is_planted() -> None:
    assert {*IDENTIFIERS} - {*REAL} <= {"phone", "url", "asn"}


@pytest.mark.parametrize("kind", ALONE)
def test_a_single_one_among_safe_ones_is_found_without_a_telling_name(
    kind: str, tmp_path: Path
) -> None:
    values = safe(kind, 60)
    values[41] = REAL[kind][0]
    (finding,) = found(column(tmp_path, values))
    assert (finding.kind, finding.count, finding.rows) == (kind, 1, (43,))


@pytest.mark.parametrize("kind", ["nhs_number", "chi_number", "upn", "vat_number", "card"])
def test_a_check_digit_tells_one_among_safe_ones(kind: str, tmp_path: Path) -> None:
    values = safe(kind, 60)
    values[41] = REAL[kind][0]
    assert [(one.kind, one.rows) for one in found(column(tmp_path, values))] == [(kind, (43,))]


@pytest.mark.parametrize("kind", REAL)
def test_safe_values_are_no_findings(kind: str, tmp_path: Path) -> None:
    assert found(column(tmp_path, safe(kind, 200))) == ()
    assert found(column(tmp_path, safe(kind, 200), kind)) == ()


@pytest.mark.parametrize("kind", ["utr", "nhs_number", "chi_number", "card"])
def test_most_of_a_column_tells_what_it_is(kind: str, tmp_path: Path) -> None:
    """Digits alone may be anything; a whole column with right check digits is not chance."""
    values = [*REAL[kind], "n/a", ""]
    (finding,) = found(column(tmp_path, values))
    assert (finding.kind, finding.count, finding.confidence) == (kind, 4, "high")
    assert finding.share == pytest.approx(4 / 5)


def test_numbers_by_chance_are_no_findings(tmp_path: Path) -> None:
    chance = random.Random(7)
    for digits in (6, 8, 9, 10, 12, 16):
        values = [str(chance.randrange(10 ** (digits - 1), 10**digits)) for _ in range(2_000)]
        assert found(column(tmp_path, values)) == (), digits


def test_what_only_looks_like_identifiers_is_left_alone(tmp_path: Path) -> None:
    chance = random.Random(3)
    for values in (
        [str(uuid.UUID(int=chance.getrandbits(128))) for _ in range(5_000)],
        [
            f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}T{n % 24:02}:{n % 60:02}:07.123456Z"
            for n in range(500)
        ],
        [f"{n % 28 + 1:02}-{n % 12 + 1:02}-2024 {n % 24:02}:{n % 60:02}" for n in range(500)],
        [f"{chance.uniform(0, 1e9):.2f}" for _ in range(500)],
        [f"£{n:,}.00" for n in range(1_000_000, 1_000_500)],
        [str(n) for n in range(10_000_000, 10_000_500)],
        [f"{n:011}" for n in range(1, 500)],
        [f"{chance.getrandbits(160):040x}" for _ in range(500)],
        ["ZZ99 3VZ", "ZZ99 3WZ", "ZZ99 3CZ", "ZZ99 1WZ"] * 9,
        ["0300 123 4567", "0808 157 0123", "07700 900000"] * 9,
        ["127.0.0.1", "10.1.2.3", "192.168.0.7", "1.2.3", "999.1.1.1", "2a02:1:2:3:4:5:6::1:2:3"]
        * 9,
        ["QX1 1AA is no area", "J1 2AB", "see page 12, chapter 3"] * 9,
        ["noreply@gov.uk", "git@github.com:a/b", "simulate-delivered@notifications.service.gov.uk"],
    ):
        assert found(column(tmp_path, values)) == (), values[0]


NHS = REAL["nhs_number"][0]
NOTES = {
    "nino": "AB 12 34 56 C",
    "nhs_number": f"{NHS[:3]} {NHS[3:6]} {NHS[6:]}",
    "mobile": "+44 (0)7911 123456",
    "landline": "(0161) 234 5678",
    "postcode": "SW1A 1AA",
    "email": "jane@some-company.co.uk",
    "vrn": "LB07 SEO",
    "card": REAL["card"][0],
    "utr": f"UTR: {REAL['utr'][0]}",
    "chi_number": f"CHI number {REAL['chi_number'][0]}",
    "mac": "3c:22:fb:12:34:56",
    "ip": "81.2.69.142",
    "sort_code": "sort code 60-83-71",
    "account_number": "account number 31926819",
    "passport": "passport no. 123456789",
    "company_number": "company number 01234567",
    "vat_number": f"GB {REAL['vat_number'][0][2:]}",
    "uprn": "UPRN 100012345678",
    "driving_licence": "MORGA657054SM9IJ",
}


@pytest.mark.parametrize("kind", NOTES)
def test_one_in_the_middle_of_a_sentence_is_found(kind: str, tmp_path: Path) -> None:
    notes = ["Nothing to report on 12 March 2024."] * 50
    notes[30] = f"They called twice; {NOTES[kind]} was what they gave. Thanks!"
    (finding,) = found(column(tmp_path, notes, "note"))
    assert (finding.kind, finding.rows, finding.confidence) == (kind, (32,), "medium")
    assert finding.shown[0] not in notes[30]


def test_a_name_tells_where_digits_do_not(tmp_path: Path) -> None:
    values = list(REAL["account_number"])
    assert found(column(tmp_path, values, "reference")) == ()
    assert found(column(tmp_path, values, "account")) == ()
    (finding,) = found(column(tmp_path, values, "BankAccountNumber"))
    assert (finding.kind, finding.confidence) == ("account_number", "high")
    assert found(column(tmp_path, values, "company_number_id")) == ()


def test_a_name_counts_for_a_few_of_many(tmp_path: Path) -> None:
    values = ["n/a"] * 20 + [REAL["uprn"][0], REAL["uprn"][1]]
    (finding,) = found(column(tmp_path, values, "uprn"))
    assert (finding.kind, finding.count, finding.confidence) == ("uprn", 2, "low")
    values = ["n/a"] * 20 + [REAL["utr"][0]]
    (finding,) = found(column(tmp_path, values, "utr"))
    assert (finding.kind, finding.confidence) == ("utr", "medium")


def test_values_that_repeat_are_counted_as_often_as_they_stand_there(tmp_path: Path) -> None:
    values = ["AB123456C", "none", "none"] * 700
    (finding,) = found(column(tmp_path, values))
    assert (finding.count, finding.rows) == (700, (2, 5, 8, 11, 14))
    emails = ["a@some-company.co.uk" if n % 100 == 7 else "none" for n in range(3_000)]
    (finding,) = found(column(tmp_path, emails))
    assert (finding.count, finding.rows[:2]) == (30, (9, 109))


def test_numbers_from_a_spreadsheet_are_read_as_whole_ones(tmp_path: Path) -> None:
    values = [f"{number}.0" for number in REAL["nhs_number"]]
    assert [one.kind for one in found(column(tmp_path, values))] == ["nhs_number"]
    path = tmp_path / "floats.parquet"
    numbers = [float(number) for number in REAL["nhs_number"]] + [None, 0.5]
    parquet.write_table(pa.table({"ref": numbers}), path)
    assert [(one.kind, one.count) for one in found(path)] == [("nhs_number", 4)]
