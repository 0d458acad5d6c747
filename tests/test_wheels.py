"""Packages from wheels, with the real pip and wheels made here: nothing of the network."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from sandboxctl.engine import wheels
from sandboxctl.errors import BlueprintError, EngineError
from tests.refused import found


def wheel(folder: Path, name: str, tag: str = "py3-none-any", requires: str = "") -> None:
    """One package with a module, a console script and a plain script."""
    info = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    metadata += f"Requires-Dist: {requires}\n" if requires else ""
    with zipfile.ZipFile(folder / f"{name}-1.0-{tag}.whl", "w") as archive:
        archive.writestr(f"{name}.py", "def main():\n    print('hello')\n")
        archive.writestr(f"{name}-1.0.data/scripts/{name}-old", "#!python\nprint('old')\n")
        archive.writestr(f"{name}-1.0.data/scripts/{name}-sh", "#!/bin/sh\necho\n")
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(
            f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n"
        )
        archive.writestr(f"{info}/entry_points.txt", f"[console_scripts]\n{name}={name}:main\n")
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def web(tmp_path: Path) -> Path:
    (tmp_path / "web").mkdir()
    return tmp_path / "web"


def unpacked(web: Path, requirements: str) -> Path | None:
    (web / "requirements.txt").write_text(requirements, encoding="utf-8")
    return wheels.unpacked(web, "3.11", "amd64", lambda _: None)


def test_no_requirements_no_packages(web: Path) -> None:
    assert wheels.unpacked(web, "3.11", "amd64", lambda _: None) is None
    assert unpacked(web, "# nothing yet\n") is None


def test_packages_get_what_they_need_on_the_images_own_python(index: Path, web: Path) -> None:
    """pip asks its own Python, which may be a newer patch release than the image's."""
    old = 'older ; python_full_version < "3.11.3"'
    wheel(index, "demo", requires=old)
    wheel(index, "older", requires='oldest ; extra == "never"')
    wheel(index, "newer", requires='gone ; python_version < "3.10"')
    site = unpacked(web, "demo==1.0\nnewer==1.0\n")
    assert site
    assert {path.name for path in site.glob("*.py")} == {"demo.py", "newer.py", "older.py"}


def test_extras_bring_what_they_need_and_others_do_not(index: Path, web: Path) -> None:
    wheel(index, "demo", requires='speedups[all] ; extra == "fast"')
    wheel(index, "speedups", requires='deep ; extra == "all" and python_full_version < "3.11.1"')
    wheel(index, "deep")
    site = unpacked(web, "demo[fast]==1.0\n")
    assert site
    assert {path.name for path in site.glob("*.py")} == {"demo.py", "speedups.py", "deep.py"}


def test_packages_with_what_they_need(index: Path, web: Path) -> None:
    wheel(index, "demo", requires="other")
    wheel(index, "other")
    site = unpacked(web, "demo==1.0\n")
    assert site is not None
    assert {"demo.py", "other.py", "bin"} <= {path.name for path in site.iterdir()}


def test_scripts_are_run_by_the_python_of_the_image(index: Path, web: Path) -> None:
    wheel(index, "demo")
    site = unpacked(web, "demo==1.0\n")
    assert site is not None
    first = {
        p.name: p.read_text(encoding="utf-8").splitlines()[0] for p in (site / "bin").iterdir()
    }
    python = "#!/usr/bin/env python3"
    assert first == {"demo": python, "demo-old": python, "demo-sh": "#!/bin/sh"}


def test_a_long_path_of_python_is_replaced_too(tmp_path: Path) -> None:
    script = tmp_path / "tool"
    script.write_bytes(b"#!/bin/sh\n'''exec' \"/a b/python\" \"$0\" \"$@\"\n' '''\nimport sys\n")
    wheels._name_interpreter(tmp_path)
    assert script.read_bytes() == b"#!/usr/bin/env python3\nimport sys\n"


def test_the_second_time_needs_no_index(index: Path, web: Path) -> None:
    wheel(index, "demo")
    first = unpacked(web, "demo==1.0\n")
    for path in index.iterdir():
        path.unlink()
    assert unpacked(web, "# again\ndemo==1.0\n") == first


def test_a_wheel_for_another_python_is_none(index: Path, web: Path) -> None:
    wheel(index, "demo", tag="cp312-cp312-manylinux_2_17_x86_64")
    with pytest.raises(BlueprintError, match=r"web/requirements.txt: demo==1.0 has no wheel") as no:
        unpacked(web, "demo==1.0\n")
    assert "published as a wheel" in no.value.hint
    assert no.value.code == "DEN587"


@pytest.mark.parametrize("glibc", ["manylinux_2_36_x86_64", "manylinux2014_x86_64"])
def test_a_wheel_for_this_python_and_machine(index: Path, web: Path, glibc: str) -> None:
    wheel(index, "demo", tag=f"cp311-cp311-{glibc}")
    assert unpacked(web, "demo==1.0\n")


def test_a_missing_wheel_is_named_with_its_alternative(index: Path, web: Path) -> None:
    wheel(index, "demo", requires="psycopg2")
    with pytest.raises(BlueprintError, match="psycopg2, which another package needs,") as missing:
        unpacked(web, "demo==1.0\n")
    assert "psycopg2-binary" in missing.value.hint


def test_bad_lines_are_all_told(web: Path) -> None:
    with pytest.raises(BlueprintError) as bad:
        unpacked(web, "flask\n--pre\n")
    assert [line.split(": ")[0] for line in str(bad.value).splitlines()] == [
        "web/requirements.txt:1",
        "web/requirements.txt:2",
    ]
    assert found(bad.value) == ["DEN584", "DEN584"]


def test_an_index_that_is_away(index: Path, web: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "0")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(EngineError, match="cannot be fetched") as away:
        unpacked(web, "demo==1.0\n")
    assert "online" in away.value.hint
    assert index.is_dir()
