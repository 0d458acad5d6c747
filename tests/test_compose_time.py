"""Hostile text in a Compose file: every pattern that looks at it is done in half a second."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest

from sandboxctl.compose import sensitive
from sandboxctl.compose.converting import convert
from sandboxctl.compose.page import page
from sandboxctl.errors import BlueprintError

SIZE = 255 * 1024
MOST = 3.0
PIECES = (
    " ", ":", "-", "/", ".", "a", "9", "$", "{", "'", '"', "`", "|", "\\", "@", "=", "#", "é",
    "a:a:", "--a ", "a.", "9.", "a/", "- ", "-a", "${A}", "${A:-", "{{", "{%", "' ", "a' ", "@a:",
    "a://", "a://b:c@", "http://a.", "http://a.b:9/", "pwd=a ", "token: ", "-p abcd ", " -pabcd",
    "docker-", "docker.sock", "eyJaaaaaaaa-", "eyJaaaaaaaa.", "sk-", "localhost:", "curl -a ",
    "/run/secrets/", "/etc/", "..", "9-9", "\t", "1h", "9h ", "A1a-", "web:9 ", "//web_x",
)  # fmt: skip
PLACES = (
    "image", "command", "entrypoint", "environment", "volumes", "ports", "healthcheck",
    "build", "user", "mem_limit", "stop_grace_period", "env_file", "tmpfs", "name",
)  # fmt: skip


def compose(place: str, text: str) -> str:
    service: dict[str, object] = {"image": "example.org/a:1", "ports": ["80"]}
    match place:
        case "environment":
            service["environment"] = {"SERVER_URL": text}
        case "volumes" | "ports" | "tmpfs" | "env_file":
            service[place] = [text]
        case "healthcheck":
            service["healthcheck"] = {"test": text}
        case "name":
            service["container_name"] = text
        case _:
            service[place] = text
    return json.dumps({"services": {"web_x": service}}, ensure_ascii=False)


@pytest.mark.slow
@pytest.mark.parametrize("piece", PIECES)
def test_long_text_is_looked_through_in_time(piece: str, tmp_path: Path) -> None:
    slow: list[str] = []
    for place in PLACES:
        room = SIZE // len(json.dumps(piece, ensure_ascii=False).encode()[1:-1])
        for text in (piece * room, f"password {piece * (room // 9)}"):
            (tmp_path / "compose.yaml").write_text(compose(place, text), encoding="utf-8")
            began = time.process_time()
            try:
                page(convert(tmp_path / "compose.yaml", "x").report, "compose.yaml")
            except BlueprintError as error:
                assert error.code.startswith("DEN18")  # noqa: PT017 - refused in time is an answer
            took = time.process_time() - began
            if took > MOST:
                slow.append(f"{place}: {took:.1f} s")
    assert slow == []


def test_of_more_passwords_than_a_person_writes_none_is_left() -> None:
    text = "".join(f"pwd=hush{n} a://b:hush{n}@ " for n in range(2_000))
    found = sensitive.inner(text)
    assert "hush" not in "".join(
        text[end:begin] for (_, end), (begin, _) in pairwise([(0, 0), *found])
    )
    assert found[-1][1] == len(text)
