from __future__ import annotations

from pathlib import Path

import pytest

from sandboxctl.blueprint import certificates

PEM = "-----BEGIN CERTIFICATE-----\nTUlJ{}\n-----END CERTIFICATE-----"


def test_certificates_of_files_each_once_and_sorted(tmp_path: Path) -> None:
    one, two = tmp_path / "one.crt", tmp_path / "two.pem"
    one.write_text(f"subject: B\n{PEM.format('B')}\n{PEM.format('A')}\n", encoding="utf-8")
    two.write_text(PEM.format("A"), encoding="utf-8")
    found = certificates.of_files([one, two, tmp_path / "missing"])
    assert found == (f"{PEM.format('A')}\n", f"{PEM.format('B')}\n")


def test_a_bundle_named_by_a_variable_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = certificates.digest()
    (tmp_path / "company.pem").write_text(PEM.format("Company"), encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "company.pem"))
    assert PEM.format("Company") + "\n" in certificates.extra()
    assert certificates.digest() != before


def test_the_bundle_of_the_system_is_not_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in certificates.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    before = certificates.extra()
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
    assert certificates.extra() == before
