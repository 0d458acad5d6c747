"""Ways of writing that once hid a value from `data scan`; and what only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandboxctl.data.scan.findings import Finding
from sandboxctl.data.scan.fix import fix
from sandboxctl.data.scan.scan import scan


def column(folder: Path, name: str, value: str, rows: int = 5) -> Path:
    path = folder / "column.csv"
    lines = [f"number,{name}", *(f'{n},"{value}"' for n in range(rows))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def found(path: Path) -> list[Finding]:
    (one,) = scan([path])
    assert one.error is None
    return list(one.findings)


HIDDEN = [
    # odd spaces, and what has no width
    ("note", "07911\u00a0123456", "mobile"),
    ("note", "07911\u202f123\u2009456", "mobile"),
    ("note", "AB\u200b123456C", "nino"),
    ("note", "AB 12\u00a034\u00a056 C", "nino"),
    ("note", "\ufeffAB123456C", "nino"),
    ("note", "ring 0113\u00a0245\u00a01234 today", "landline"),
    ("note", "450\u2011557\u20117104", "nhs_number"),
    # telephone numbers
    ("phone", "447911123456", "mobile"),
    ("phone", "7911123456", "mobile"),
    ("phone", "07911.123.456", "mobile"),
    ("phone", "07911123456/07911123457", "mobile"),
    ("phone", "'07911123456", "mobile"),
    # postcodes
    ("postcode", "SW1A  1AA", "postcode"),
    ("postcode", "SW1A-1AA", "postcode"),
    # NHS numbers
    ("nhs_number", "450.557.7104", "nhs_number"),
    ("nhs_number", "4505 577 104", "nhs_number"),
    ("nhs_number", "NHS4505577104", "nhs_number"),
    ("nhs_number", "'4505577104", "nhs_number"),
    # National Insurance numbers
    ("nino", "AB.12.34.56.C", "nino"),
    ("nino", "AB/12/34/56/C", "nino"),
    ("nino", "AB 123 456 C", "nino"),
    ("nino", "AB123456", "nino"),
    ("nino", "ab 123 456", "nino"),
    ("note", "id_AB123456C_x", "nino"),
    # others
    ("mac", "3C22FB123456", "mac"),
    ("note", "jane.smith%40some-company.co.uk", "email"),
    ("email", "'jane.smith@some-company.co.uk", "email"),
    # within web addresses
    ("link", "https://www.example.com/?nino=AB123456C", "nino"),
    ("link", "https://www.example.com/?a=1&phone=07911123456&b=2", "mobile"),
    ("link", "https://www.example.com/?to=jane%40some-company.co.uk", "email"),
    ("link", "https://www.example.com/?at=SW1A%201AA", "postcode"),
]


@pytest.mark.parametrize(("name", "value", "kind"), HIDDEN)
def test_a_writing_hides_nothing(tmp_path: Path, name: str, value: str, kind: str) -> None:
    (one,) = found(column(tmp_path, name, value))
    assert (one.column, one.kind, one.count) == (name, kind, 5)


@pytest.mark.parametrize(("name", "value", "kind"), HIDDEN)
def test_a_copy_has_another_value_there(tmp_path: Path, name: str, value: str, kind: str) -> None:
    path = column(tmp_path, name, value)
    (scanned,) = scan([path])
    list(fix([scanned], tmp_path / "safe", "key"))
    copied = tmp_path / "safe" / "column.csv"
    assert found(copied) == []
    lines = copied.read_text(encoding="utf-8").splitlines()
    assert value not in lines[1]
    assert found(path)[0].kind == kind


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", "1.2.10.4"),
        ("app_version", "8.8.4.4"),
        ("releaseNumber", "2.2.10.4"),
        ("phone", "7700900123"),
        ("phone", "447700900123"),
        ("phone", "07700.900.123"),
        ("phone", "none given"),
        ("nhs_number", "NHS9990000018"),
        ("nhs_number", "999.000.0018"),
        ("nino", "QQ/12/34/56/C"),
        ("nino", "QQ123456"),
        ("postcode", "ZZ99-3VZ"),
        ("mac", "00005E005301"),
        ("link", "https://www.example.com/?nino=QQ123456C&phone=07700900123"),
        ("link", "https://www.example.com/?id=4532123456789014"),
        ("note", "caf\u00e9 \u2013 10%\u00a0off"),
        ("note", "jane%40example.com"),
        ("note", "xAB123456Cx"),
        ("uprn", "n.a."),
    ],
)
def test_what_only_looks_like_one(tmp_path: Path, name: str, value: str) -> None:
    assert found(column(tmp_path, name, value)) == []


@pytest.mark.parametrize("name", ["ip_version", "address", "ip"])
def test_four_numbers_with_dots_are_an_address_elsewhere(tmp_path: Path, name: str) -> None:
    (one,) = found(column(tmp_path, name, "81.2.69.142"))
    assert one.kind == "ip"


def test_a_copy_keeps_versions(tmp_path: Path) -> None:
    path = tmp_path / "both.csv"
    path.write_text("version,nino\n1.2.10.4,AB123456C\n", encoding="utf-8")
    (scanned,) = scan([path])
    list(fix([scanned], tmp_path / "safe", "key"))
    assert "1.2.10.4,QQ" in (tmp_path / "safe" / "both.csv").read_text(encoding="utf-8")


def test_what_stands_around_a_hidden_value_stays(tmp_path: Path) -> None:
    path = column(tmp_path, "note", "a\u00a0b\u200b AB\u00a0123456C c\u00a0d", rows=1)
    (scanned,) = scan([path])
    list(fix([scanned], tmp_path / "safe", "key"))
    text = (tmp_path / "safe" / "column.csv").read_text(encoding="utf-8")
    assert "a\u00a0b\u200b QQ\u00a0" in text
    assert " c\u00a0d" in text
