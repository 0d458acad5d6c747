"""Hostile and odd Compose files: refused with a code and a line, or read with a note."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sandboxctl.codes import ALL
from sandboxctl.compose import reading
from sandboxctl.compose.converting import convert
from sandboxctl.compose.raw import raw
from sandboxctl.errors import BlueprintError
from tests.converted import outcome, written

WEB = "services: {web: {image: 'example.org/web:1', ports: ['80']}}\n"
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
DEEP_BY_ALIAS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 40))
MERGED_BOMB = "a0: &a0 {k: [x, x, x, x, x, x, x, x]}\n" + "".join(
    f"a{n}: &a{n} {{l{n}: {{<<: *a{n - 1}}}, r{n}: *a{n - 1}, s{n}: *a{n - 1}}}\n"
    for n in range(1, 20)
)
REFUSED = {
    "alias bomb": (BOMB, "DEN181", "written out"),
    "depth by aliases": (DEEP_BY_ALIAS, "DEN181", "levels deep"),
    "bomb by merge keys": (MERGED_BOMB, "DEN181", ""),
    "an alias in itself": ("services: &s {web: *s}\n", "DEN181", "stands in what it names"),
    "an alias of nothing": ("services: {web: *gone}\n", "DEN180", "names no anchor"),
    "deep": ("[" * 500 + "]" * 500, "DEN181", "levels deep"),
    "many": ("x: [" + "a," * 60_000 + "]", "DEN181", "20,000"),
    "long texts by aliases": (
        "a: &a '" + "x" * 100_000 + "'\nb: [" + "*a, " * 50 + "]\nservices: {}\n",
        "DEN181",
        "written out",
    ),
    "large": ("#" * (reading.LARGEST + 1), "DEN181", "larger than 256 KiB"),
    "not YAML": ("services: [\n", "DEN180", "cannot be read"),
    "a tab": ("services:\n\tweb: {}\n", "DEN180", "tab"),
    "empty": ("", "DEN180", "empty"),
    "only a remark": ("# nothing\n", "DEN180", "empty"),
    "a list": ("- a\n- b\n", "DEN182", "should be a mapping"),
    "text": ("hello", "DEN182", "should be a mapping"),
    "no services": ("name: x\nvolumes: {}\n", "DEN182", "no `services`"),
    "services is a list": ("services: [web]\n", "DEN182", "no `services`"),
    "services is empty": ("services: {}\n", "DEN182", "no service in it"),
    "a mapping as a key": ("services: {{a: b}: c}\n", "DEN180", "not text"),
    "control characters": ("services: {web: \x07}\n", "DEN180", ""),
    "too many services": (
        "services:\n" + "".join(f"  s{n}: {{image: x}}\n" for n in range(31)),
        "DEN183",
        "31 services",
    ),
    "Kubernetes": (
        "apiVersion: v1\nkind: Pod\nspec: {containers: []}\n",
        "DEN182",
        "no `services`",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_code(name: str, tmp_path: Path) -> None:
    text, code, why = REFUSED[name]
    file = written(tmp_path, text)
    began = time.monotonic()
    with pytest.raises(BlueprintError) as caught:
        convert(file)
    assert time.monotonic() - began < 10
    assert caught.value.code == code
    assert code in ALL
    assert str(caught.value).startswith(str(file))
    assert why in str(caught.value)


@pytest.mark.parametrize(("name", "why"), [("gone.yaml", "no such file"), (".", "is not a file")])
def test_a_file_that_is_none(name: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(BlueprintError, match=why) as caught:
        convert(tmp_path / name)
    assert caught.value.code == "DEN480"


def test_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_bytes(b"services:\n  web: {image: \xff}\n")
    with pytest.raises(BlueprintError, match=":2: is not UTF-8") as caught:
        convert(tmp_path / "compose.yaml")
    assert caught.value.code == "DEN180"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1.10", "1.10"),
        ("yes", "yes"),
        ("22:22", "22:22"),
        ("0755", "0755"),
        ("true", "true"),
        ("~", None),
        ("", None),
        ('"null"', "null"),
        ("!!str 5", "5"),
        ("!!null x", None),
        ("!reset 5", None),
        ("!reset [a]", None),
        ("!override [a]", ["a"]),
        ("2020-01-01", "2020-01-01"),
        (".inf", ".inf"),
        ("99999999999999999999999", "99999999999999999999999"),
    ],
)
def test_values_are_the_text_that_stands_there(value: str, text: object) -> None:
    assert raw(reading.read(f"a: {value}\n".encode(), "f").root) == {"a": text}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &a {k: 1, l: 2}\nb: {<<: *a, k: 3}", {"k": "3", "l": "2"}),
        ("a: &a {k: 1}\nc: &c {k: 9, m: 4}\nb: {<<: [*a, *c]}", {"k": "1", "m": "4"}),
        ("a: &a {k: 1}\nc: &c {m: 4}\nb: {<<: *a, <<: *c}", {"k": "1", "m": "4"}),
        ("a: &a {k: &v 1}\nb: {x: *v, <<: *a}", {"k": "1", "x": "1"}),
        ("a: &a\nb: {<<: *a, x: 1}", {"x": "1"}),
        ("a: &a {k: 1}\nc: &a {k: 2}\nb: *a", {"k": "2"}),
    ],
)
def test_merge_keys_and_aliases(text: str, expected: object) -> None:
    found = raw(reading.read(text.encode(), "f").root)
    assert isinstance(found, dict)
    assert found["b"] == expected


def test_a_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_bytes(b"\xef\xbb\xbf" + WEB.replace("\n", "\r\n").encode())
    assert outcome(tmp_path / "compose.yaml", tmp_path / "out").problems == ()


def test_invisible_characters_do_not_come_along(tmp_path: Path) -> None:
    text = WEB.replace("{image:", '{command: ["a\u202eb", "c\u200bd"], image:')
    found = outcome(written(tmp_path / "in", text), tmp_path / "out")
    assert found.problems == ()
    assert "command: [ab, cd]" in found.text
    assert any("U+202E" in why for why in found.why("left out"))


@pytest.mark.parametrize(
    "path", ["../secret.txt", "/etc/hostname", "~/x", "link/secret.txt", "linked.txt", "a/../../x"]
)
@pytest.mark.parametrize(
    "text",
    [
        "services: {web: {image: 'a:1', ports: ['80'], env_file: ['%s']}}",
        "services: {web: {image: 'a:1', ports: ['80'], volumes: ['%s:/etc/x:ro']}}",
        "services: {web: {image: 'a:1', ports: ['80'], extends: {file: '%s', service: x}}}",
        "include: ['%s']\nservices: {web: {image: 'a:1', ports: ['80']}}",
        "services: {web: {image: 'a:1', ports: ['80'], configs: [c]}}\nconfigs: {c: {file: '%s'}}",
        "services: {web: {image: 'a:1', ports: ['80'], secrets: [c]}}\nsecrets: {c: {file: '%s'}}",
        "services: {web: {image: 'a:1', ports: ['80'], build: '%s'}}",
        "services: {web: {image: 'a:1', ports: ['80'], build: {context: ., dockerfile: '%s'}}}",
    ],
)
def test_nothing_outside_the_folder_is_read(text: str, path: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("OUTSIDE=outside-content\n")
    file = written(tmp_path / "in", text % path)
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    (tmp_path / "in" / "linked.txt").symlink_to(tmp_path / "secret.txt")
    found = outcome(file, tmp_path / "out")
    copied = [p.read_text() for p in (tmp_path / "out").rglob("*") if p.is_file()]
    assert not any("outside-content" in one for one in copied)
    assert found.converted.report.decisions


@pytest.mark.parametrize(
    "text",
    [
        "services: {a: {extends: b}, b: {extends: a}}",
        "services: {a: {extends: a, image: 'x:1'}}",
        "services: {a: {extends: {file: compose.yaml, service: a}, image: 'x:1'}}",
        "include: [compose.yaml]\nservices: {a: {image: 'x:1'}}",
        "services: {a: null, b: 5, c: [x], d: text}",
        "services: {a: {image: {x: y}, ports: {a: b}, volumes: 5, environment: 7}}",
        "services: {a: {depends_on: {b: null}, links: [[x]], healthcheck: [], build: 5}}",
        "services: {a: {secrets: x, configs: {a: b}, networks: 5, labels: 7, tmpfs: {a: b}}}",
        "services: {a: {image: x, env_file: [{}, null, [x]], cap_add: {a: b}, user: [x]}}",
        "services: {a: {image: 'x', container_name: [y], hostname: {z: 1}, profiles: {a: b}}}",
        "services: {'': {image: x}, '-': {image: y}, ' ': {image: z}}",
        "secrets: [a]\nconfigs: x\nvolumes: [b]\nnetworks: 7\nservices: {a: {image: x}}",
        "services: {a: {image: '${${${', command: '${A:-${B:-${D}}', environment: ['$', '$${']}}",
    ],
)
def test_what_makes_no_sense_is_no_crash(text: str, tmp_path: Path) -> None:
    try:
        found = outcome(written(tmp_path / "in", text), tmp_path / "out")
    except BlueprintError as error:
        assert error.code in ALL  # noqa: PT017 - either is right
        return
    assert bool(found.problems) == bool(found.converted.report.questions)


def test_a_file_at_the_limit_is_read_in_time() -> None:
    text = "services:\n" + "".join(
        f"  s{n}: {{image: x, environment: {{A: b}}}}\n" for n in range(2_400)
    )
    began = time.monotonic()
    reading.read(text.encode(), "f")
    assert time.monotonic() - began < 10
