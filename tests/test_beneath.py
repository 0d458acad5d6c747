"""Nothing outside of a supplier's folder is opened, by whatever spelling, link or trick."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from sandboxctl.blueprint import beneath
from sandboxctl.errors import BlueprintError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = beneath.real(tmp_path) / "root"
    (made / "web").mkdir(parents=True)
    (made / "web" / "app.py").write_text("inside")
    (made.parent / "secret").write_text("outside")
    (made.parent / "other").mkdir()
    (made.parent / "other" / "app.py").write_text("outside")
    return made


def refusal(root: Path, name: str) -> str:
    with pytest.raises(BlueprintError) as caught:
        beneath.content(root, name, 1_000)
    return caught.value.code


@pytest.mark.parametrize("name", ["web/app.py", "./web/app.py", "web//app.py", "web/./app.py"])
def test_a_file_of_the_folder_is_read_by_any_plain_spelling(root: Path, name: str) -> None:
    assert beneath.content(root, name, 1_000) == b"inside"
    assert beneath.digest(root, name) == beneath.digest(root / "web", "app.py")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "~/x",
        "~root/x",
        "../secret",
        "web/../../secret",
        "web\\app.py",
        "..",
        "a/..",
    ],
)
def test_other_spellings_are_not_taken(root: Path, name: str) -> None:
    assert refusal(root, name) == "DEN401"


@pytest.mark.parametrize("name", ["web/app.py\0", "a\nb", "a\tb", "a\x1b[31m", "\u202egnp.exe"])
def test_what_cannot_be_seen_is_not_part_of_a_name(root: Path, name: str) -> None:
    assert refusal(root, name) == "DEN406"


@pytest.mark.parametrize(
    "name",
    ["%2e%2e/secret", "．．/secret", "file:///etc/passwd", "web%2fapp.py", "WEB/app.py", "．"],
)
def test_what_means_a_way_out_elsewhere_is_only_a_name_here(root: Path, name: str) -> None:
    assert refusal(root, name) == "DEN404"


@pytest.mark.parametrize(
    "target",
    [
        "/etc/passwd",
        "../secret",
        "../other/app.py",
        "/proc/self/root/etc/passwd",
        "../root/../secret",
    ],
)
def test_a_link_out_is_not_followed(root: Path, target: str) -> None:
    (root / "link").symlink_to(target)
    (root / "chain").symlink_to("link")
    assert refusal(root, "link") == refusal(root, "chain") == "DEN402"


def test_a_link_out_in_the_middle_is_not_followed(root: Path) -> None:
    (root / "folder").symlink_to("../other")
    assert refusal(root, "folder/app.py") == "DEN402"


def test_a_link_that_stays_inside_is_followed(root: Path) -> None:
    (root / "link").symlink_to("web/app.py")
    (root / "folder").symlink_to("web")
    assert beneath.content(root, "link", 10) == b"inside"
    assert beneath.content(root, "folder/app.py", 10) == b"inside"


@pytest.mark.parametrize("target", ["nowhere", "loop"])
def test_a_link_that_leads_nowhere_is_not_there(root: Path, target: str) -> None:
    (root / "loop").symlink_to(target)
    assert refusal(root, "loop") == "DEN404"


def test_what_is_no_file_is_never_waited_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(root / "pipe")
    monkeypatch.chdir(root)  # a socket's path may have 107 characters
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
        assert {refusal(root, name) for name in ("pipe", "socket", "web")} == {"DEN405"}


def test_a_device_is_not_opened() -> None:
    assert refusal(Path("/dev"), "zero") == "DEN405"


def test_a_file_of_somebody_else_with_one_more_name(root: Path) -> None:
    theirs = root / "theirs"
    theirs.write_text("x")
    assert beneath.content(root, "theirs", 10) == b"x"
    os.link(theirs, root / "again")
    assert beneath.content(root, "again", 10) == b"x"
    found = theirs.stat()
    assert not beneath.is_borrowed(found, found.st_uid)
    assert beneath.is_borrowed(found, found.st_uid + 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_key_of_somebody_else_is_not_read(root: Path) -> None:
    os.chown(root, 1234, 1234)
    os.link(root.parent / "secret", root / "mine")
    assert refusal(root, "mine") == "DEN407"


def test_a_file_that_is_larger_than_it_may_be(root: Path) -> None:
    with (root / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    assert refusal(root, "sparse") == "DEN409"


@pytest.mark.parametrize("name", ["x" * 300, "web/app.py/x", "/".join(["x"] * 3000)])
def test_a_name_that_no_file_can_have(root: Path, name: str) -> None:
    assert refusal(root, name) in ("DEN404", "DEN408")


def test_a_file_that_may_not_be_read(root: Path) -> None:
    with pytest.raises(BlueprintError, match="cannot be read: ") as caught:
        beneath.content(Path(f"/proc/{os.getpid()}"), "mem", 10)
    assert caught.value.code == "DEN408"
    (root / "web" / "app.py").chmod(0)
    user = os.geteuid()
    for folder in (root, root.parent, *root.parent.parents):
        if folder.stat().st_uid == user and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)
    try:
        os.seteuid(65_534 if user == 0 else user)  # root may read anything
        assert refusal(root, "web/app.py") == "DEN408"
    finally:
        os.seteuid(user)


def test_a_root_that_became_a_link_is_not_followed(root: Path) -> None:
    (root / "web").rename(root / "old")
    (root / "web").symlink_to("../other")
    assert refusal(root / "web", "app.py") == "DEN402"


def test_a_folder_swapped_while_it_is_read_never_shows_what_is_outside(root: Path) -> None:
    """Somebody swaps a folder and a link to another one as fast as they can."""
    (root / "link").symlink_to("../other")
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            (root / "web").rename(root / "kept")
            (root / "link").rename(root / "web")
            (root / "web").rename(root / "link")
            (root / "kept").rename(root / "web")

    swapping = threading.Thread(target=swap)
    swapping.start()
    seen: set[object] = set()
    try:
        for _ in range(3_000):
            try:
                seen.add(beneath.content(root, "web/app.py", 100))
            except BlueprintError as error:
                seen.add(error.code)
    finally:
        done.set()
        swapping.join()
    assert b"inside" in seen
    assert seen <= {b"inside", "DEN402", "DEN404", "DEN410"}
