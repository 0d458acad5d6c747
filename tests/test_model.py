"""Short and long forms, bounds, and what goes together."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sandboxctl.blueprint.model import Blueprint, Healthcheck, Parameter, Secret, Service

PINNED = "localhost:5000/a/b_c:1.2@sha256:" + "0" * 64


def service(**keys: Any) -> Service:
    return Service.model_validate({"image": "redis:7", **keys})


@pytest.mark.parametrize(
    ("key", "given", "taken"),
    [
        ("command", "sh -c 'echo a b'", ("sh", "-c", "echo a b")),
        ("command", ["sleep", 5], ("sleep", "5")),
        ("environment", {"A": True, "B": 5, "D": "x"}, {"A": "true", "B": "5", "D": "x"}),
        ("environment", {"C": 1.5}, {"C": "1.5"}),
        ("environment", ["A=1=2", "B="], {"A": "1=2", "B": ""}),
        ("environment", {"A": False}, {"A": "false"}),
        ("expose", [80, "81", "82/tcp"], (80, 81, 82)),
        ("depends_on", ["db"], ("db",)),
        ("depends_on", {"db": {"condition": "service_healthy"}, "q": {}}, ("db", "q")),
        ("secrets", ["A", {"source": "B"}], ("A", "B")),
        ("user", 1000, "1000"),
        ("user", "1000:1001", "1000:1001"),
        ("user", "0:0", "0:0"),
        ("user", 0, "0"),
        ("mem_limit", "64m", 64 * 1024**2),
        ("mem_limit", "1 GB", 1024**3),
        ("mem_limit", str(32 * 1024**2), 32 * 1024**2),
        ("mem_limit", 32 * 1024**2, 32 * 1024**2),
        ("stop_grace_period", "1m", 60),
        ("stop_grace_period", 5, 5),
        ("cpus", "0.25", 0.25),
        ("files", {"/etc/x.conf": "./x"}, {"/etc/x.conf": "./x"}),
        ("image", PINNED, PINNED),
    ],
)  # fmt: skip
def test_each_form_of_a_key_is_taken(key: str, given: object, taken: object) -> None:
    assert getattr(service(**{key: given}), key) == taken


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"command": "a 'b"}, "has a quote that is not closed"),
        ({"command": 5}, "valid tuple"),
        ({"environment": ["A"]}, "A has no value; a blueprint cannot read your shell"),
        ({"environment": {"A": None}}, "A has no value; a blueprint cannot read your shell"),
        ({"environment": 5}, "valid dictionary"),
        ({"environment": {"1A": "x"}}, "should match pattern"),
        ({"expose": [True]}, "should be a number, not true or false"),
        ({"expose": ["80/udp"]}, "valid integer"),
        ({"expose": [0]}, "greater than or equal to 1"),
        ({"expose": "80"}, "valid tuple"),
        ({"depends_on": {"db": {"condition": "service_completed_successfully"}}}, "`prepare`"),
        ({"depends_on": {"db": "x"}}, "x is not known here"),
        ({"depends_on": "db"}, "valid tuple"),
        ({"secrets": "A"}, "valid tuple"),
        ({"user": "0:5"}, "should match pattern"),
        ({"user": "00"}, "should match pattern"),
        ({"user": "root"}, "should match pattern"),
        ({"user": True}, "valid string"),
        ({"mem_limit": "lots"}, "should be a size such as 256m or 1g"),
        ({"mem_limit": True}, "should be a number, not true or false"),
        ({"mem_limit": "1m"}, "greater than or equal"),
        ({"stop_grace_period": "soon"}, "20s, 90m, 8h or 1h30m"),
        ({"stop_grace_period": False}, "should be a number, not true or false"),
        ({"cpus": float("inf")}, "finite number"),
        ({"files": {"/": "x"}}, "should match pattern"),
        ({"files": {"/a:/b": "x"}}, "should match pattern"),
        ({"files": {"/a/../b": "x"}}, "should not have `.` or `..`"),
        ({"writable": ["/proc/self"]}, "lies in a folder of the kernel"),
        ({"writable": ["/dev"]}, "lies in a folder of the kernel"),
        ({"image": "Redis"}, "should match pattern"),
        ({"image": "--privileged"}, "should match pattern"),
        ({"image": "a b"}, "should match pattern"),
        ({"image": None}, "comes from nowhere; add `source`, `build`, `template` or `image`"),
        ({"template": "postgres"}, "has `template` and `image`; keep one"),
        ({"runtime": "python"}, "`source` and `runtime` go together"),
        ({"python": "3.12"}, "`python` goes with `runtime: python`"),
        ({"spa": True}, "`spa` goes with `runtime: static`"),
        ({"with": {"a": 1}}, "`with` goes with `template`"),
        ({"prepare": [[]]}, "`prepare` has an empty command"),
        ({"privileged": True}, "Extra inputs"),
    ],
)
def test_what_does_not_fit_is_refused(keys: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        service(**keys)


def test_the_devices_of_a_name_that_only_begins_like_the_kernels_are_fine() -> None:
    assert service(writable=["/device", "/system/x"]).writable == ("/device", "/system/x")


@pytest.mark.parametrize(
    ("test", "argv"),
    [
        (["CMD", "pg_isready", "-q"], ("pg_isready", "-q")),
        (["CMD-SHELL", "a && b"], ("sh", "-c", "a && b")),
        ("curl -f x", ("curl", "-f", "x")),
    ],
)
def test_a_test_is_a_command(test: object, argv: tuple[str, ...]) -> None:
    assert Healthcheck.model_validate({"test": test}).argv == argv


def test_without_a_test_there_is_no_command() -> None:
    assert Healthcheck(http="/").argv == ()


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({}, "exactly one of"),
        ({"http": "/", "tcp": 80}, "exactly one of"),
        ({"tcp": 80, "port": 80}, "`port` goes with `http`"),
        ({"test": ["NONE"]}, "`test` names no command"),
        ({"test": ["CMD"]}, "`test` names no command"),
        ({"test": ["CMD-SHELL"]}, "`test` names no command"),
        ({"http": "health"}, "should match pattern"),
        ({"http": "/", "start_period": "11m"}, "less than or equal"),
    ],
)
def test_a_health_check_asks_one_way(keys: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Healthcheck.model_validate(keys)


@pytest.mark.parametrize(
    ("declared", "text", "value"),
    [
        ({"type": "integer", "default": 1}, "-5", -5),
        ({"type": "number", "default": 1.5}, "2", 2),
        ({"type": "number", "default": 1}, "2.5", 2.5),
        ({"type": "boolean", "default": False}, "Yes", True),
        ({"type": "boolean", "default": False}, "false", False),
        ({"type": "text", "default": "a"}, "5", "5"),
        ({"type": "text", "default": "a", "choices": ["a", "b"]}, "b", "b"),
    ],
)
def test_a_parameter_is_read_by_its_type(
    declared: dict[str, Any], text: str, value: object
) -> None:
    found = Parameter.model_validate(declared).read(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("declared", "text", "why"),
    [
        ({"type": "integer", "default": 1}, "many", "should be a whole number, not 'many'"),
        ({"type": "integer", "default": 1}, "1.5", "should be a whole number, not '1.5'"),
        ({"type": "integer", "default": 1}, "9" * 30, "should be a whole number"),
        ({"type": "integer", "default": 5, "minimum": 2}, "1", "should be 2 or more, not 1"),
        ({"type": "integer", "default": 5, "maximum": 5000000}, "9999999", "5,000,000 or less"),
        ({"type": "number", "default": 5}, ".nan", "is not a number to work with"),
        ({"type": "number", "default": 5}, "", "should be a number, not ''"),
        ({"type": "number", "default": 5}, "true", "should be a number, not True"),
        ({"type": "boolean", "default": True}, "perhaps", "should be true or false"),
        ({"type": "text", "default": "a", "choices": ["a", "b"]}, "c", "should be one of a, b"),
        ({"type": "text", "default": "a"}, "x" * 1001, "is longer than 1,000 characters"),
        ({"type": "text", "default": "a"}, "\x1b[31m", r"invisible character U\+001B"),
    ],
)
def test_a_value_that_does_not_fit_its_parameter(
    declared: dict[str, Any], text: str, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        Parameter.model_validate(declared).read(text)


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        ({"type": "integer", "default": "x"}, "default should be a whole number, not 'x'"),
        ({"type": "integer", "default": True}, "default should be a whole number, not True"),
        ({"type": "number", "default": False}, "default should be a number, not False"),
        ({"type": "integer", "default": 1, "minimum": 2}, "default should be 2 or more"),
        ({"type": "text", "default": "x", "maximum": 2}, "go with a number"),
        ({"type": "text", "default": 5}, "default should be text, not 5"),
    ],
)
def test_a_default_fits_its_own_parameter(declared: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Parameter.model_validate(declared)


@pytest.mark.parametrize("keys", [{}, {"generate": 32, "ask": "Key?"}])
def test_a_secret_is_made_or_asked_for(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="should have either"):
        Secret.model_validate(keys)


def test_opens_has_a_short_form() -> None:
    content = {"blueprint": 1, "name": "x", "services": {"web": {"image": "a"}}}
    short = Blueprint.model_validate({**content, "opens": "web"}).opens
    long = Blueprint.model_validate({**content, "opens": {"/": {"service": "web"}}}).opens
    some = Blueprint.model_validate(
        {**content, "opens": {"/": "web", "/live": {"service": "web", "port": 3000}}}
    )
    assert short == long
    assert some.opens["/live"].port == 3000
    with pytest.raises(ValidationError, match="valid dictionary"):
        Blueprint.model_validate({**content, "opens": 5})


@pytest.mark.parametrize("name", ["", "a--b", "-a", "a-", "A", "1a", "a_b", "a" * 31, "a\n", "ä"])
def test_a_name_is_a_dns_label(name: str) -> None:
    with pytest.raises(ValidationError):
        Blueprint.model_validate(
            {"blueprint": 1, "name": name, "opens": "w", "services": {"w": {"image": "a"}}}
        )


@pytest.mark.parametrize(("size", "read"), [("2g", 2 * 1024**3), ("512m", 512 * 1024**2)])
def test_a_disk_limit_is_composes_storage_opt(size: str, read: int) -> None:
    service = Service.model_validate({"image": "redis:7", "storage_opt": {"size": size}})
    assert service.storage_opt.size == read


@pytest.mark.parametrize("size", ["1m", "17g", "-1", "lots"])
def test_a_disk_limit_has_bounds(size: str) -> None:
    with pytest.raises(ValidationError):
        Service.model_validate({"image": "redis:7", "storage_opt": {"size": size}})
