"""Settings of dens: chosen in words, checked, written whole."""

from __future__ import annotations

import json
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from sandboxctl import clock
from sandboxctl.errors import BlueprintError
from sandboxctl.lifecycle import settings
from tests.cli import facts, process, sandboxctl


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return settings.file()


def test_a_den_nobody_spoke_of_has_the_defaults(file: Path) -> None:
    shown = facts(sandboxctl("den"))
    assert shown["gateway.port"] == ["8080"]
    assert shown["gateway.insecure_room"] == ["no"]
    assert not file.exists()


def test_what_is_set_stays_and_only_that_is_written(file: Path) -> None:
    set_ = sandboxctl("den", "--set", "gateway.port=9090", "--set", "range=10.99.0.0/16")
    assert set_.exit_code == 0
    assert "If den runs already, the next command that changes something" in set_.stderr
    assert file.read_text() == "den:\n  gateway:\n    port: 9090\n  range: 10.99.0.0/16\n"
    assert facts(sandboxctl("den"))["gateway.port"] == ["9090"]


def test_unset_goes_back_to_the_default() -> None:
    sandboxctl("den", "--set", "gateway.port=9090")
    shown = json.loads(sandboxctl("den", "--unset", "gateway.port", "--json").stdout)
    assert shown["gateway.port"] == 8080
    assert sandboxctl("den", "--unset", "gateway.port").exit_code == 0


def test_dens_do_not_mix() -> None:
    sandboxctl("--den", "one", "den", "--set", "gateway.port=9001")
    sandboxctl("den", "--den", "two", "--set", "gateway.port=9002")
    assert (settings.load("one").gateway.port, settings.load("two").gateway.port) == (9001, 9002)
    assert [row["den"] for row in json.loads(sandboxctl("den", "--list", "--json").stdout)] == [
        "one",
        "two",
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("gateway.prt=1", "did you mean gateway.port?"),
        ("gateway.port=x", "gateway.port: should be a whole number, not 'x'"),
        ("gateway.port=0", "gateway.port: should be 1 or more, not '0'"),
        ("gateway.ports=41", "gateway.ports: should be 40 or less, not '41'"),
        ("gateway.insecure_room=so", "gateway.insecure_room: should be true or false, not 'so'"),
        ("gateway.domain=-", "gateway.domain: should be a domain of small letters"),
        ("runtime=x", "runtime: should be '', 'runc' or 'runsc', not 'x'"),
        ("egress.resolver=x", "egress.resolver: should be an address such as 192.0.2.10, not 'x'"),
        ("range=x", "range: should be a range of addresses such as 10.213.0.0/16, not 'x'"),
        ("range=8.8.8.0/24", "range: should be a private range"),
        ("gateway.bind=0.0.0.0", "gateway.insecure_room=true if plain HTTP is meant"),
        ("gateway.tls=/nowhere.pem", "/nowhere.pem cannot be used: No such file"),
        ("gateway=1", "gateway is not a setting of a den"),
        ("name=other", "name is not a setting of a den"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_is_written(given: str, said: str, file: Path) -> None:
    result = sandboxctl("den", "--set", given)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "[DEN240]" in result.stderr
    assert not file.exists()


def test_a_certificate_has_to_hold_both_halves(tmp_path: Path) -> None:
    pem = tmp_path / "den.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----\n")
    with pytest.raises(BlueprintError, match="both a CERTIFICATE and a PRIVATE KEY"):
        settings.change("den", {"gateway.tls": str(pem)})
    pem.write_text("-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n")
    assert settings.change("den", {"gateway.tls": str(pem)}).gateway.scheme == "https"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("den: {gateway: ", "den.yaml:"),
        ("- den\n", "names of dens"),
        ("den: 5\n", "names of dens"),
        ("den: {gateway: {prt: 1}}\n", "gateway.prt: is not a key here; did you mean `port`?"),
        ("den: {gateway: 5}\n", "gateway: should be a mapping"),
    ],
)
def test_a_damaged_file_is_an_error_that_helps(text: str, said: str, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(text)
    result = sandboxctl("ls")
    assert result.exit_code == 2
    assert said in result.stderr
    assert "→" in result.stderr
    assert file.read_text() == text


def test_a_file_that_is_not_text(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff\xfe")
    assert sandboxctl("ls").exit_code == 2


def test_an_empty_file_is_no_settings(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.touch()
    assert settings.load("den").gateway.bind == IPv4Address("127.0.0.1")
    assert settings.names() == []


@pytest.mark.slow
def test_two_commands_at_once_both_count(tmp_path: Path) -> None:
    ports = range(9100, 9108)
    running = [
        process("--den", f"den-{port}", "den", "--set", f"gateway.port={port}") for port in ports
    ]
    assert [one.wait(timeout=60) for one in running] == [0] * len(ports)
    for one in running:
        one.communicate()
    assert [settings.load(f"den-{port}").gateway.port for port in ports] == list(ports)
    assert [path.name for path in (tmp_path / "sandboxctl").iterdir()] == ["den.yaml"]


@pytest.mark.parametrize("undo", ["30m", "1h30m", "1m30s", "24h", "0s", "1.5s"])
def test_a_duration_is_shown_as_it_is_given(undo: str) -> None:
    shown = facts(sandboxctl("--plain", "den", "--set", f"undo={undo}"))
    assert shown["undo"] == [undo.replace("24h", "1d")]
    told = json.loads(sandboxctl("den", "--json").stdout)
    assert told["undo"] == clock.seconds(undo)
