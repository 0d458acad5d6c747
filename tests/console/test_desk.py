"""What a supplier hands in: it is looked at, refused in words, and nothing is left of it."""

from __future__ import annotations

import gzip
import io
import json
import stat
import tarfile
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandboxctl.blueprint.templates import bundled
from sandboxctl.console.desk import unpack as unpacking
from sandboxctl.console.desk.desk import Busy, Desk
from sandboxctl.console.desk.look import looked_at
from sandboxctl.console.desk.unpack import unpack
from sandboxctl.errors import BlueprintError
from tests.cli import WITH_DATABASE
from tests.console.rig import Rig
from tests.console.site import HOST, ORIGIN, Site

EXAMPLES = sorted(
    one.parent for one in (Path(__file__).parents[2] / "examples").glob("*/blueprint.yaml")
)


def zipped(files: dict[str, bytes]) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    made.seek(0)
    return made


def tarred(*entries: tuple[str, bytes, bytes], how: str = "w:gz") -> io.BytesIO:
    """Each a name, tar's letter for its kind, and its content or what a link leads to."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=how) as archive:  # type: ignore[call-overload]  # a mode
        for name, kind, content in entries:
            one = tarfile.TarInfo(name)
            one.type = kind
            if kind == tarfile.REGTYPE:
                one.size = len(content)
            else:
                one.linkname = content.decode()
            archive.addfile(one, io.BytesIO(content))
    made.seek(0)
    return made


FILE = tarfile.REGTYPE
GOOD = WITH_DATABASE.encode()


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    found = tmp_path / "into"
    found.mkdir()
    return found


@pytest.mark.parametrize("how", ["w", "w:gz"])
def test_a_tar_is_unpacked_as_plain_files(empty: Path, how: str) -> None:
    long = f"page/{'long-' * 25}name.txt"
    entries = (
        ("page", tarfile.DIRTYPE, b""),
        ("page/blueprint.yaml", FILE, GOOD),
        (long, FILE, b"x"),
    )
    folder = unpack(tarred(*entries, how=how), empty)
    assert folder == empty / "page"
    assert (folder / "blueprint.yaml").read_bytes() == GOOD
    assert (empty / long).read_bytes() == b"x"
    modes = {stat.S_IMODE(one.stat().st_mode) for one in empty.rglob("*") if one.is_file()}
    assert modes == {0o600}, "nothing can be run"


def test_what_tar_makes_of_the_folder_one_stands_in(empty: Path) -> None:
    entries = ("./", tarfile.DIRTYPE, b""), ("./blueprint.yaml", FILE, GOOD)
    assert unpack(tarred(*entries), empty) == empty
    assert (empty / "blueprint.yaml").read_bytes() == GOOD


def test_folders_are_counted_too(empty: Path) -> None:
    many = [(f"d{n}", tarfile.DIRTYPE, b"") for n in range(unpacking.FILES + 1)]
    with pytest.raises(BlueprintError, match="folders"):
        unpack(tarred(*many), empty)
    assert len(list(empty.iterdir())) <= unpacking.FILES


def test_headers_of_nothing_are_counted(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "LARGEST", 1024**2)
    header = tarfile.TarInfo("x")
    header.type = tarfile.XGLTYPE
    many = gzip.compress(header.tobuf() * 5_000)
    with pytest.raises(BlueprintError, match="MB"):
        unpack(io.BytesIO(many), empty)


def test_a_zip_with_a_long_list_is_refused_before_it_is_read(empty: Path) -> None:
    whole = zipped({"a": b"x"}).getvalue()
    at = whole.rindex(b"PK\x05\x06")
    size = (unpacking.LIST + 1).to_bytes(4, "little")
    long = whole[: at + 12] + size + whole[at + 16 :]
    other = whole[:at] + b"PK\x06\x07" + bytes(16) + whole[at:]
    for odd in (long, other):
        with pytest.raises(BlueprintError, match="more than"):
            unpack(io.BytesIO(odd), empty)
    commented = io.BytesIO()
    with zipfile.ZipFile(commented, "w") as archive:
        archive.writestr("a", b"x")
        archive.comment = b"c" * 60_000
    commented.seek(0)
    unpack(commented, empty)
    assert (empty / "a").exists()


def test_long_names_of_gnu_and_pax_are_read(empty: Path) -> None:
    for n, form in enumerate((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)):
        made = io.BytesIO()
        name = f"a{n}/{'b' * 90}/{'c' * 60}"
        with tarfile.open(fileobj=made, mode="w", format=form) as archive:
            one = tarfile.TarInfo(name)
            one.size = 1
            archive.addfile(one, io.BytesIO(b"x"))
        made.seek(0)
        unpack(made, empty)
        assert (empty / name).read_bytes() == b"x"


def test_a_zip_is_unpacked_with_or_without_a_folder_around_it(tmp_path: Path) -> None:
    for n, names in enumerate((["blueprint.yaml", "web/app.py"], ["page/blueprint.yaml"])):
        into = tmp_path / str(n)
        into.mkdir()
        folder = unpack(zipped(dict.fromkeys(names, GOOD)), into)
        assert (folder / "blueprint.yaml").read_bytes() == GOOD


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/../../x",
        "/etc/x",
        "a\\..\\x",
        "c:x",
        "\u202ex",
        "a\nb",
        "x" * 300,
        "d/" * 20 + "x",
        ".",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused_in_zip_and_tar(empty: Path, name: str) -> None:
    with pytest.raises(BlueprintError) as refused:
        unpack(zipped({name: b"x"}), empty)
    assert refused.value.code == "DEN473"
    with pytest.raises(BlueprintError):
        unpack(tarred((name, FILE, b"x")), empty)
    assert [one for one in empty.rglob("*") if one.is_file()] == []
    assert not (empty.parent / "x").exists()


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (tarfile.SYMTYPE, "link"),
        (tarfile.LNKTYPE, "hard link"),
        (tarfile.CHRTYPE, "device"),
        (tarfile.BLKTYPE, "device"),
        (tarfile.FIFOTYPE, "pipe"),
    ],
)
def test_links_and_devices_are_refused(empty: Path, kind: bytes, what: str) -> None:
    with pytest.raises(BlueprintError, match=what):
        unpack(tarred(("a", kind, b"/etc/passwd"), ("a/b", FILE, b"x")), empty)
    assert not any(empty.iterdir())


def test_a_link_in_a_zip_is_refused(empty: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        one = zipfile.ZipInfo("a")
        one.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(one, "/etc/passwd")
    made.seek(0)
    with pytest.raises(BlueprintError, match="link"):
        unpack(made, empty)


@pytest.mark.parametrize(
    "names", [["a", "A"], ["caf\u00e9", "cafe\u0301"], ["a/b", "A/c"], ["a", "a/b"], ["a/b", "a"]]
)
def test_two_names_that_are_one_somewhere_are_refused(empty: Path, names: list[str]) -> None:
    with pytest.raises(BlueprintError):
        unpack(zipped(dict.fromkeys(names, b"x")), empty)


def test_what_grows_is_cut_where_it_is_too_much(empty: Path) -> None:
    bomb = zipped({"blueprint.yaml": bytes(unpacking.LARGEST + 1)})
    with pytest.raises(BlueprintError, match="MB"):
        unpack(bomb, empty)
    assert (empty / "blueprint.yaml").stat().st_size <= unpacking.LARGEST


def test_too_many_files_are_refused(empty: Path) -> None:
    many = [(f"f{n}", FILE, b"") for n in range(unpacking.FILES + 1)]
    with pytest.raises(BlueprintError, match="files"):
        unpack(tarred(*many), empty)
    with pytest.raises(BlueprintError, match="files"):
        unpack(zipped({f"g{n}": b"" for n in range(unpacking.FILES * 2 + 1)}), empty)


def test_a_zip_that_is_odd_is_refused(empty: Path) -> None:
    rare = io.BytesIO()
    with zipfile.ZipFile(rare, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a", b"x")
    locked = bytearray(zipped({"a": b"x"}).getvalue())
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    for odd in (rare, io.BytesIO(bytes(locked))):
        odd.seek(0)
        with pytest.raises(BlueprintError):
            unpack(odd, empty)
    with pytest.raises(BlueprintError, match="nothing"):
        unpack(zipped({"folder/": b""}), empty)


@pytest.mark.parametrize("cut", [1, 3, 40, 200, -1, -30])
@pytest.mark.parametrize("how", ["zip", "w", "w:gz"])
def test_what_is_cut_short_is_refused(empty: Path, how: str, cut: int) -> None:
    content = bytes(range(256)) * 10
    whole = zipped({"a": content}) if how == "zip" else tarred(("a", FILE, content), how=how)
    kept = whole.getvalue()[:cut]
    if how == "w":
        kept = kept[:2000]  # its end is zeros
    with pytest.raises(BlueprintError):
        unpack(io.BytesIO(kept), empty)


@pytest.mark.parametrize("begins", [b"", b"x", b"#!/bin/sh\n", b"%PDF-1.7", b"PK", b"\x1f\x8b"])
def test_what_is_no_archive_is_refused(empty: Path, begins: bytes) -> None:
    with pytest.raises(BlueprintError):
        unpack(io.BytesIO(begins), empty)


@pytest.mark.parametrize("example", EXAMPLES, ids=[one.name for one in EXAMPLES])
def test_every_example_is_taken_as_it_would_be_sent(example: Path) -> None:
    files = {
        f"{example.name}/{one.relative_to(example)}": one.read_bytes() for one in _files(example)
    }
    found = Desk().packed(zipped(files))
    assert found["problems"] == []
    assert found["picture"].startswith("<svg")
    assert found["facts"]["memory"] > 0


@pytest.fixture
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("nothing_left")
def test_every_problem_is_told_with_its_line_and_its_mend() -> None:
    found = Desk().pasted(
        "blueprint: 1\nname: page\nopens: web\nservices:\n  web:\n    privilged: true\n"
    )
    problems = found["problems"]
    assert problems
    assert problems[0]["file"] == "blueprint.yaml"
    assert any(one["line"] == 6 for one in problems)
    assert all(one["mend"] and one["risk"] and one["code"] for one in problems)
    assert "/" not in "".join(one["file"] for one in problems)


@pytest.mark.usefixtures("nothing_left")
def test_what_does_not_come_to_an_end_is_ended() -> None:
    found = Desk(seconds=0.01).pasted(WITH_DATABASE)
    assert "more time" in found["problems"][0]["why"]


@pytest.mark.usefixtures("nothing_left")
def test_a_bug_of_ours_is_not_told_as_a_fault_of_theirs() -> None:
    with pytest.raises(RuntimeError, match=r"a look ended with 1: .*No module named"):
        Desk(look="sandboxctl.console.desk.nobody").pasted(WITH_DATABASE)


def test_only_a_few_are_looked_at_at_once() -> None:
    desk, seen = Desk(), []

    def one() -> None:
        seen.append(desk.pasted(WITH_DATABASE)["problems"])

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 20
    busy = False
    while not busy and time.monotonic() < end and any(one.is_alive() for one in threads):
        try:
            desk.pasted("x")
        except Busy:
            busy = True
    for thread in threads:
        thread.join()
    assert busy
    assert len(seen) == 2


def test_the_first_rows_of_its_data_are_shown() -> None:
    found = looked_at(EXAMPLES[0].parent / "02-web-and-database")
    assert found["tables"]
    for table in found["tables"]:
        assert len(table["page"]) == min(12, table["rows"])
        assert {len(row) for row in table["page"]} == {len(table["columns"])}
    assert "web" in [one["service"] for one in found["fails"] if one["paths"]]
    page = (bundled("templates") / "images/gateway/pages/not-answering.html").read_text()
    assert f"<h1>{found['seen']['title']}</h1>" in page
    assert f"<p>{found['seen']['says']}</p>" in page
    assert len(found["seen"]["can"]) == page.count("<li>")
    assert "<" not in "".join(found["seen"]["can"])


def test_a_facilitator_hands_in_a_folder_and_nobody_else_can(busy: Rig) -> None:
    site = Site(busy)
    example = EXAMPLES[0]
    page = {str(one.relative_to(example)): one.read_bytes() for one in _files(example)}
    inside = site.facilitator()
    fields = inside.fields("/desk")
    assert "Nothing is started" in inside.get("/desk").text
    told = {"Host": HOST, "Origin": ORIGIN}
    big = {**fields, "folder": (zipped({**page, "noise": _noise(200_000)}), "page.zip")}
    taken = inside.client.post("/desk", data=big, headers=told)
    assert taken.status_code == 200
    assert "It can be taken" in taken.text
    assert "<svg" in taken.text
    pasted = inside.client.post("/desk", data={**fields, "text": "name: 1"}, headers=told)
    assert "It cannot be taken yet" in pasted.text
    assert inside.client.post("/desk", data=fields, headers=told).status_code == 400
    for other in (site.observer(), site.team("heron"), site.stranger()):
        assert other.get("/desk").status_code == 404
        form = other.fields("/") if other.get("/").status_code == 200 else {}
        assert (
            other.client.post("/desk", data={**form, "text": "x"}, headers=told).status_code >= 403
        )


NASTY = """<script>alert(1)</script><img src=x onerror=alert(2)>' onload='alert(3)"""
HOSTILE = f"""\
blueprint: 1
name: page
title: {json.dumps(NASTY)}
summary: {json.dumps(NASTY)}
supplier: {{name: {json.dumps(NASTY)}}}
opens: web
parameters:
  mood: {{type: text, default: {json.dumps(NASTY)}, about: {json.dumps(NASTY)}}}
services:
  web:
    source: ./site
    runtime: static
    user: "0:0"
exceptions:
  - {{service: web, grant: root, reason: {json.dumps(NASTY)}}}
data:
  seed: 1
  tables:
    people:
      rows: 3
      columns:
        said: {{kind: choice, of: {{{json.dumps(NASTY)}: 1}}}}
"""


def test_what_a_supplier_wrote_is_text_wherever_it_is_shown(busy: Rig) -> None:
    """In words, in the picture, and in rows of data; and where it cannot be read."""
    inside = Site(busy).facilitator()
    told, fields = {"Host": HOST, "Origin": ORIGIN}, inside.fields("/desk")
    files = {"blueprint.yaml": HOSTILE.encode(), "site/index.html": b"<title>x</title>"}
    torn = HOSTILE.replace("opens: web", f"opens: {json.dumps(NASTY)}")
    for sent, words in (
        ({"folder": (zipped(files), "x.zip")}, "It can be taken"),
        ({"text": torn}, "It cannot be taken yet"),
        ({"text": f"{NASTY}: {{"}, "It cannot be taken yet"),
        ({"text": f"? {NASTY}\n"}, "It cannot be taken yet"),
        ({"folder": (zipped({f"{NASTY}.yaml": b"x"}), "x.zip")}, "It cannot be taken yet"),
    ):
        text = inside.client.post("/desk", data={**fields, **sent}, headers=told).text
        assert words in text, text
        assert "alert(1)" in text or "folder" in sent, "it is shown, as what it is"
        for one in ("<script>", "<img", "' onload"):
            assert one not in text


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.txt", b"a\xc3(.txt", "x\u202egnp.exe".encode(), b"line\nbreak"]
)
def test_a_name_that_is_no_text_is_refused_in_a_tar(empty: Path, name: bytes) -> None:
    entry = tarred(("placeholder", tarfile.REGTYPE, b"x"), how="w").getvalue()
    header = bytearray(entry[:512])
    header[:100] = name.ljust(100, b"\0")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    with pytest.raises(BlueprintError):
        unpack(io.BytesIO(bytes(header) + entry[512:]), empty)


def test_an_archive_in_an_archive_stays_a_file(empty: Path) -> None:
    inner = zipped({"deep.txt": b"x" * 1_000_000}).getvalue()
    folder = unpack(zipped({"blueprint.yaml": b"x", "inner.zip": inner}), empty)
    assert sorted(one.name for one in folder.rglob("*")) == ["blueprint.yaml", "inner.zip"]
    assert (folder / "inner.zip").read_bytes() == inner


def _files(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


def _noise(size: int) -> bytes:
    import random

    return random.Random(7).randbytes(size)
