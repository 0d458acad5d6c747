"""Names, labels and settings: what others read of us."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from sandboxctl.errors import BlueprintError
from sandboxctl.sandbox import labels, names
from sandboxctl.sandbox.den import Den, GatewaySettings
from sandboxctl.sandbox.labels import Owner
from sandboxctl.sandbox.state import Record
from tests.recipes import NOON


@pytest.mark.parametrize("name", ["a", "team-7", "x" * 30])
def test_a_name_that_can_be_a_host_name(name: str) -> None:
    assert names.checked(name) == name


@pytest.mark.parametrize(
    "name", ["", "7team", "Team", "a--b", "-a", "a-", "x" * 31, "a.b", "a_b", "a/b"]
)
def test_a_name_that_cannot(name: str) -> None:
    with pytest.raises(BlueprintError, match="cannot be the name of a sandbox") as caught:
        names.checked(name)
    assert "host name" in caught.value.hint


def test_names_on_an_engine() -> None:
    assert names.network("den", "demo", 3) == "den-demo-3"
    assert names.container("den", "demo", 3, "web") == "den-demo-3-web"
    assert names.target("demo", 3) == "demo/3"
    assert names.target("demo", 3, "api") == "demo/3/api--"


def test_labels_read_back_as_they_were_written() -> None:
    owner = Owner("den", "i1", NOON, "service", "demo", 3, "web", "hash", 1024)
    assert labels.owner(owner.labels()) == owner
    assert set(owner.labels()) == set(labels.ALL)


def test_labels_that_only_look_like_ours_are_nobody_s() -> None:
    good = Owner("den", "i1", NOON).labels()
    assert labels.owner({}) is None
    assert labels.owner({**good, labels.GENERATION: "many"}) is None
    assert labels.owner({**good, labels.CREATED: "yesterday"}) is None


def test_addresses_of_a_sandbox() -> None:
    den = Den()
    assert den.url("demo") == "http://demo.den.localhost:8080/"
    assert den.url("demo", service="api") == "http://api--demo.den.localhost:8080/"


def test_the_usual_port_is_not_written_and_tls_shows() -> None:
    room = GatewaySettings(bind="192.0.2.10", port=443, domain="den.example", tls="/x.pem")
    assert Den(gateway=room).url("demo") == "https://demo.den.example/"
    assert room.scheme == "https"


def test_a_room_without_dns_has_a_port_for_each_sandbox() -> None:
    room = GatewaySettings(bind="192.0.2.10", ports=5, insecure_room=True)
    assert Den(gateway=room).url("demo", slot=3) == "http://192.0.2.10:8083/"
    assert Den(gateway=room).url("demo") == "http://demo.den.localhost:8080/"
    assert Den(gateway=room).link("demo", "k", slot=3) == "http://192.0.2.10:8083/_den/enter/k"


def test_a_link_is_the_address_with_a_key_and_a_cookie_names_its_sandbox() -> None:
    assert Den().link("demo", "abc") == "http://demo.den.localhost:8080/_den/enter/abc"
    assert names.cookie("team-7", "abc") == "den_team-7=abc"
    record = Record(live=1, recipe="r", blueprint="b", since=NOON, until=NOON, key="abc")
    assert "abc" not in repr(record)
    assert record.model_dump()["key"] == "abc"


def test_a_room_without_tls_must_be_meant() -> None:
    with pytest.raises(ValidationError, match="insecure_room=true"):
        GatewaySettings(bind="0.0.0.0")


@pytest.mark.parametrize("range_", ["8.8.0.0/16", "10.0.0.0/25"])
def test_a_range_is_private_and_large_enough(range_: str) -> None:
    with pytest.raises(ValidationError, match="private range"):
        Den(range=range_)


def test_another_range_may_be_chosen() -> None:
    assert str(Den(range="10.77.0.0/16").range) == "10.77.0.0/16"


@pytest.mark.parametrize(
    ("said", "meant"), [("X Y", "x-y"), ("7", "team-7"), ("a" * 40, "a" * 30), ("a--b", "a-b")]
)
def test_a_name_that_cannot_be_has_one_that_could(said: str, meant: str) -> None:
    with pytest.raises(BlueprintError, match=f"did you mean `{meant}`"):
        names.checked(said)
    assert names.checked(meant) == meant


def test_nothing_is_suggested_where_nothing_is_left() -> None:
    with pytest.raises(BlueprintError, match=r"be the name of a sandbox$"):
        names.checked("???")
