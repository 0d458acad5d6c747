from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

import pytest

from sandboxctl.blueprint import folders
from sandboxctl.errors import BlueprintError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "web"
    (made / "static").mkdir(parents=True)
    (made / "app.py").write_text("print()\n")
    (made / "static" / "style.css").write_text("p {}\n")
    return made


def names(folder: Path) -> list[str]:
    return [name for name, _ in folders.files(folder)]


def test_files_come_in_an_order_that_never_changes(folder: Path) -> None:
    assert names(folder) == ["app.py", "static/style.css"]


@pytest.mark.parametrize(
    "name", [".git/config", "__pycache__/x.py", "node_modules/a/b.js", ".venv/x", "old.pyc"]
)
def test_what_is_made_again_anyway_is_left_out(folder: Path, name: str) -> None:
    before = folders.digest(folder)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("x")
    assert folders.digest(folder) == before


def test_the_digest_changes_with_content_name_and_mode(folder: Path) -> None:
    seen = {folders.digest(folder)}
    (folder / "app.py").write_text("print(1)\n")
    seen.add(folders.digest(folder))
    (folder / "app.py").rename(folder / "main.py")
    seen.add(folders.digest(folder))
    (folder / "main.py").chmod(0o755)
    seen.add(folders.digest(folder))
    assert len(seen) == 4


def test_the_digest_does_not_change_with_time_or_place(folder: Path, tmp_path: Path) -> None:
    before = folders.digest(folder)
    os.utime(folder / "app.py", (1, 1))
    moved = folder.rename(tmp_path / "elsewhere")
    assert folders.digest(moved) == before


def test_a_link_inside_is_a_file_of_its_own(folder: Path) -> None:
    (folder / "again.py").symlink_to("app.py")
    assert names(folder) == ["again.py", "app.py", "static/style.css"]


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("/etc/passwd", "is a link that leads out of its folder; put a copy there"),
        ("../secret", "is a link that leads out of its folder; put a copy there"),
        ("nowhere", "is a link that does not lead to a file; put a copy there"),
        ("static", "is a link that does not lead to a file; put a copy there"),
        ("link", "is a link that does not lead to a file; put a copy there"),
    ],
)
def test_a_link_that_is_more_than_a_copy_is_refused(folder: Path, target: str, why: str) -> None:
    (folder.parent / "secret").write_text("x")
    (folder / "link").symlink_to(target)
    with pytest.raises(BlueprintError, match=why):
        folders.digest(folder)


def test_a_pipe_is_refused(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(BlueprintError, match="pipe: is a socket, pipe or device"):
        names(folder)


def test_a_socket_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)  # a socket's path may have 107 characters
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s")
        with pytest.raises(BlueprintError, match="s: is a socket, pipe or device"):
            names(folder)


@pytest.mark.parametrize("name", [b"a\x1b[31m", b"a\nb", b"\xff"])
def test_a_name_that_could_attack_a_terminal_is_refused(folder: Path, name: bytes) -> None:
    with open(os.path.join(os.fsencode(folder), name), "w"):  # noqa: PTH118, PTH123 - bytes
        pass
    with pytest.raises(BlueprintError, match="a name that is not plain text") as caught:
        names(folder)
    assert str(caught.value).isprintable()


def test_a_folder_that_is_too_much(folder: Path) -> None:
    with (folder / "big").open("wb") as file:
        file.truncate(folders.LARGEST + 1)  # sparse: takes no room
    with pytest.raises(BlueprintError, match="more than 20,000 files or 200 MB"):
        names(folder)


@pytest.mark.slow
def test_a_folder_of_too_many_files(folder: Path) -> None:
    for number in range(folders.MOST_FILES):
        os.link(folder / "app.py", folder / f"{number}")
    with pytest.raises(BlueprintError, match="more than 20,000 files or 200 MB"):
        names(folder)


@pytest.mark.slow
def test_a_folder_that_is_too_wide_is_not_even_sorted(folder: Path) -> None:
    for number in range(2 * folders.MOST_FILES):
        os.link(folder / "app.py", folder / f"{number}.pyc")
    with pytest.raises(BlueprintError, match="more than 20,000 files or 200 MB"):
        names(folder)


def test_a_file_that_goes_away_between_two_looks(folder: Path) -> None:
    (folder / "b.py").write_text("x")
    found = folders.files(folder)
    assert next(found)[0] == "app.py"
    (folder / "b.py").unlink()
    with pytest.raises(BlueprintError, match="was changed while it was looked at") as caught:
        next(found)
    assert caught.value.code == "DEN410"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_second_name_of_somebody_elses_file_is_refused(folder: Path) -> None:
    os.link(folder / "app.py", folder / "again.py")
    os.chown(folder, 1234, 1234)
    with pytest.raises(BlueprintError, match="another name for a file of somebody else"):
        names(folder)


def test_a_folder_that_is_too_deep(folder: Path) -> None:
    folder.joinpath(*["d"] * folders.DEEPEST).mkdir(parents=True)
    with pytest.raises(BlueprintError, match="more than 40 folders deep"):
        names(folder)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BlueprintError, match="cannot be read: No such file"):
        names(tmp_path / "nothing")


def test_a_file_that_cannot_be_read() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        (Path(name) / "secret").touch(mode=0)
        user = os.geteuid()
        try:
            os.seteuid(65_534 if user == 0 else user)  # root may read anything
            with pytest.raises(BlueprintError, match="secret: cannot be read; give yourself"):
                names(Path(name))
        finally:
            os.seteuid(user)
