"""What an image says of itself, and for which of it a den does not take it."""

from __future__ import annotations

from typing import Any

import pytest

from sandboxctl import codes
from sandboxctl.blueprint.image_config import Rules, check, has_command, refusals
from sandboxctl.errors import PolicyError

RULES = Rules(largest=1000, machine="amd64")
HONEST: dict[str, Any] = {
    "Size": 1000,
    "Os": "linux",
    "Architecture": "amd64",
    "Config": {
        "User": "root",
        "Volumes": {"/data": {}, "/var/lib/b c/": {}},
        "Healthcheck": {"Test": ["CMD", "x"]},
        "ExposedPorts": {"22/tcp": {}},
        "Labels": {"org.sandboxctl.den": "x"},
        "StopSignal": "SIGKILL; id",
        "Env": ["LD_PRELOAD=/x.so", "odd"],
        "WorkingDir": "/process/dev",
        "Shell": ["/bin/x"],
        "OnBuild": None,
        "Cmd": None,
    },
}


def config(**more: Any) -> dict[str, Any]:
    return {**HONEST, "Config": {**HONEST["Config"], **more}}


@pytest.mark.parametrize(
    "image",
    [
        HONEST,
        {**HONEST, "Architecture": "386"},
        {**HONEST, "Config": None},
        {},
        config(WorkingDir=""),
        config(Volumes=None, Labels=None),
    ],
)
def test_what_every_container_overrides_is_no_reason(image: dict[str, Any]) -> None:
    check("redis:7", image, RULES)


@pytest.mark.parametrize(
    ("image", "code"),
    [
        ({**HONEST, "Size": 1001}, "DEN540"),
        (config(OnBuild=["RUN id"]), "DEN541"),
        ({**HONEST, "Architecture": "arm64"}, "DEN542"),
        ({**HONEST, "Architecture": "\x1b[31m"}, "DEN542"),
        ({**HONEST, "Os": "windows"}, "DEN542"),
        (config(Volumes={"/": {}}), "DEN543"),
        (config(Volumes={"data": {}}), "DEN543"),
        (config(Volumes={"/a:/b": {}}), "DEN543"),
        (config(Volumes={"/a/../proc": {}}), "DEN543"),
        (config(Volumes={"/proc": {}}), "DEN543"),
        (config(Volumes={"/dev/shm": {}}), "DEN543"),
        (config(Volumes={"//sys": {}}), "DEN543"),
        (config(Volumes={f"/{n}": {} for n in range(33)}), "DEN543"),
        (config(WorkingDir="/proc/self/fd/8"), "DEN544"),
        (config(WorkingDir="//proc"), "DEN544"),
        (config(WorkingDir="/a/../proc"), "DEN544"),
        (config(WorkingDir=["x"]), "DEN544"),
        (config(Labels={"x": "y" * 300_000}), "DEN545"),
        (config(Cmd={"a": 1}), "DEN548"),
        (config(Entrypoint=["a", 1]), "DEN548"),
        (config(Env=["=x"]), "DEN548"),
        (config(Env={"A": "1"}), "DEN548"),
        (config(Env=[f"A{n}=1" for n in range(50_000)]), "DEN545"),
    ],
)
def test_what_is_a_reason(image: dict[str, Any], code: str) -> None:
    with pytest.raises(PolicyError) as refused:
        check("redis:7", image, RULES)
    assert refused.value.code == code
    assert code in codes.ALL
    assert str(refused.value).startswith("redis:7 ")
    assert str(refused.value).isprintable()


def test_all_reasons_are_said_at_once() -> None:
    image = {**config(OnBuild=["RUN id"], WorkingDir="/proc"), "Size": 5000}
    assert [code for code, _ in refusals(image, RULES)] == ["DEN540", "DEN541", "DEN544"]


@pytest.mark.parametrize(
    ("said", "has"),
    [({}, False), ({"Cmd": ["a"]}, True), ({"Entrypoint": ["a"]}, True), ({"Cmd": []}, False)],
)
def test_whether_an_image_says_what_to_run(said: dict[str, Any], has: bool) -> None:
    assert has_command({"Config": said}) is has
