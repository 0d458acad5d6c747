"""What does not fit a blueprint is said before it is written, or asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandboxctl.errors import BlueprintError
from tests.converted import outcome, unlisted, written

WEB = "services: {web: {image: 'example.org/web:1', ports: ['80'], %s}}"


@pytest.mark.parametrize(
    "more",
    [
        "environment: {A: '" + "x" * 4_000 + "{{ y }}'}",
        "command: ['sh', '-c', '" + "x" * 4_000 + "${UNSET}']",
        "healthcheck: {test: '" + "x" * 4_000 + "{#'}",
        "environment: {A: '${" + "V" * 900 + "}'}",
        "volumes: ['./" + "d/" * 300 + "f:/etc/x:ro']",
        "volumes: ['v:/" + "d/" * 300 + "x']",
        "volumes: [" + ", ".join(f"'v{n}:/v{n}'" for n in range(60)) + "]",
        "environment: {" + ", ".join(f"K{n}_TOKEN: hush-{n}-xxxx" for n in range(80)) + "}",
        "cap_add: [" + "CHOWN, " * 60 + "KILL]",
        "expose: ['1-60000']",
        "depends_on: [" + ", ".join(f"s{n}" for n in range(99)) + "]",
        "image: '" + "a" * 500 + ":1'",
        "user: '" + "1" * 40 + "'",
        "stop_grace_period: 900h",
    ],
)
def test_what_is_too_much_of_something(more: str, tmp_path: Path) -> None:
    found = outcome(written(tmp_path / "in", WEB % more), tmp_path / "out")
    assert unlisted(found) == []
    assert bool(found.problems) == bool(found.converted.report.questions)


@pytest.mark.parametrize(
    "text",
    [
        "services:\n"
        + "  base: {image: 'a:1', environment: {A: '" + "x" * 100_000 + "'}}\n"
        + "".join(f"  s{n}: {{extends: base}}\n" for n in range(20)),
        WEB % ("command: [" + "'${UNSET}', " * 1_200 + "x]"),
        WEB % ("environment: {" + ", ".join(f"A{n}: 'x{{{{'" for n in range(1_200)) + "}"),
    ],
)  # fmt: skip
def test_what_grows_beyond_a_blueprint_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(BlueprintError, match="comes to a blueprint that") as caught:
        outcome(written(tmp_path / "in", text), tmp_path / "out")
    assert caught.value.code == "DEN181"
    assert not (tmp_path / "out").exists()


def test_data_that_could_be_somebodys_is_asked(tmp_path: Path) -> None:
    rows = "name,phone\n" + "".join(f"Jane Doe,07700 1{n:05}\n" for n in range(30))
    rows = rows.replace("07700 1", "07911 1")
    text = WEB % "volumes: ['./people.csv:/srv/people.csv:ro']"
    file = written(tmp_path / "in", text, **{"people.csv": rows})
    found = outcome(file, tmp_path / "out")
    assert found.problems
    assert unlisted(found) == []
    assert all("people.csv" in one.why for one in found.converted.report.questions)


def test_a_service_that_is_called_as_the_folder_of_files(tmp_path: Path) -> None:
    text = (
        "services:\n  files: {build: ., ports: ['80']}\n"
        "  web: {image: 'a:1', volumes: ['./index.html:/etc/x:ro']}\n"
    )
    file = written(tmp_path / "in", text, **{"index.html": "hello"})
    found = outcome(file, tmp_path / "out")
    assert found.problems == ()
    assert (tmp_path / "out" / "files-code" / "index.html").exists()
