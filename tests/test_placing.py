"""A new folder is written whole or not at all, and nothing is overwritten."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandboxctl.errors import SandboxError
from sandboxctl.scaffold import placing

FILES = {"blueprint.yaml": "one\n", "web/app.py": "two\n", "web/deep/x.txt": "three\n"}


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("above", ["new", "a/b/new"])
def test_a_folder_that_is_not_there(above: str, tmp_path: Path) -> None:
    placing.place(tmp_path / above, FILES)
    assert tree(tmp_path / above) == FILES
    assert [p for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    placing.place(tmp_path / "new", FILES)
    assert tree(tmp_path / "new") == FILES


def test_a_folder_with_other_names_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    placing.place(tmp_path, FILES)
    assert tree(tmp_path) == {**FILES, "notes.txt": "mine"}


@pytest.mark.parametrize("taken", ["blueprint.yaml", "web"])
@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_a_name_that_is_taken(taken: str, kind: str, tmp_path: Path) -> None:
    target = tmp_path / taken
    match kind:
        case "file":
            target.write_text("mine")
        case "folder":
            target.mkdir()
        case _:
            target.symlink_to("/nowhere")
    before = names(tmp_path)
    with pytest.raises(SandboxError, match=f"has {taken} already") as caught:
        placing.place(tmp_path, FILES)
    assert caught.value.code == "DEN481"
    assert names(tmp_path) == before


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_folder(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "new"
    target.write_text("mine") if kind == "file" else target.symlink_to(tmp_path / "gone")
    with pytest.raises(SandboxError, match="is not a folder"):
        placing.place(target, FILES)
    assert not (tmp_path / "gone").exists()


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "kept").write_text("mine")
    missing: dict[str, Path | str] = {**FILES, "z": tmp_path / "gone"}
    for folder in ("a/b/new", "there"):
        with pytest.raises(SandboxError, match="cannot be written: No such file"):
            placing.place(tmp_path / folder, missing)
    assert tree(tmp_path) == {"there/kept": "mine"}
    assert names(tmp_path) == ["there"]


def test_files_keep_whether_they_can_be_run(tmp_path: Path) -> None:
    script, text = tmp_path / "run.sh", tmp_path / "text"
    script.write_text("x")
    text.write_text("y")
    script.chmod(0o700)
    text.chmod(0o600)
    placing.place(tmp_path / "new", {"run.sh": script, "text": text})
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new").iterdir()}
    assert modes == {"run.sh": 0o755, "text": 0o644}


def test_stopped_in_the_middle_it_leaves_nothing(tmp_path: Path) -> None:
    script = (
        "from pathlib import Path\n"
        "from sandboxctl.scaffold import placing\n"
        "big = ''.join('x' for _ in range(1000))\n"
        "files = {f'f{n}': big for n in range(200_000)}\n"
        "print('begun', flush=True)\n"
        f"placing.place(Path({str(tmp_path / 'new')!r}), files)\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert running.stdout
    running.stdout.readline()
    deadline = time.monotonic() + 20
    while not list(tmp_path.glob(".new.*/f1*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=60) != 0
    running.stdout.close()
    assert names(tmp_path) == []
