"""Archives of images: what is read of an honest one, and how each dishonest one is found out."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxctl import codes
from sandboxctl.blueprint.archive import reading, tape
from sandboxctl.blueprint.archive.flaw import BadArchive
from sandboxctl.blueprint.archive.layer import Count, Part, unpack
from tests.saved import Image, digest, tar

MEBIBYTE = 1024 * 1024


def examine(content: bytes, largest: int = 64 * MEBIBYTE) -> reading.Saved:
    return reading.examine(io.BytesIO(content), largest)


@pytest.mark.parametrize("packed", [False, True])
def test_an_honest_archive(packed: bool) -> None:
    layers = [tar({"a": b"1" * 5000, "b/c": b"2"}), tar({})]
    image = Image(layers, packed=packed)
    saved = examine(tar(image.files))
    assert saved.digest == digest(json.dumps(image.said).encode())
    assert len(saved.layers) == 2
    assert saved.size == sum(map(len, layers))
    assert saved.image == {
        "Architecture": "amd64",
        "Os": "linux",
        "Config": {"Cmd": ["/hello"]},
        "Size": saved.size,
    }


def test_folders_and_times_in_an_archive_are_no_harm() -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as archive:
        folder = tarfile.TarInfo("./0")
        folder.type, folder.mtime = tarfile.DIRTYPE, 1.5
        archive.addfile(folder)
        for name, data in Image().files.items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.size, entry.mtime = len(data), 1.5
            archive.addfile(entry, io.BytesIO(data))
    assert examine(content.getvalue()).digest


def test_blobs_named_by_their_hash(tmp_path: Path) -> None:
    image = Image(packed=True)
    files = image.files
    blobs = {f"blobs/sha256/{digest(data)}": data for data in files.values()}
    of = {
        "Config": f"blobs/sha256/{digest(json.dumps(image.said).encode())}",
        "Layers": [f"blobs/sha256/{digest(files['0/layer.tar'])}"],
    }
    path = tmp_path / "api.tar"
    path.write_bytes(
        tar({**blobs, "index.json": b"{}", "manifest.json": json.dumps([of]).encode()})
    )
    with reading.opened(path) as (file, saved):
        assert saved.layers[0].size == len(files["0/layer.tar"])
        assert not file.closed


def changed(**files: bytes) -> bytes:
    """The usual archive with other files in it; `__` stands for the dot."""
    return tar({**Image().files, **{name.replace("__", "."): d for name, d in files.items()}})


def manifest(of: object) -> bytes:
    return changed(manifest__json=json.dumps(of).encode())


def with_entry(kind: bytes, **more: object) -> bytes:
    """The usual archive, and one more entry in front of it."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        entry = tarfile.TarInfo("x")
        entry.type = kind
        for attribute, value in more.items():
            setattr(entry, attribute, value)
        archive.addfile(entry)
    return content.getvalue()[: -len(content.getvalue()) % 512 or 512] + tar(Image().files)


def extended(record: bytes, kind: bytes = b"x") -> bytes:
    """The usual archive, behind an extended header of that content."""
    entry = tarfile.TarInfo("pax")
    entry.type, entry.size = kind, len(record)
    return entry.tobuf() + record + bytes(-len(record) % 512) + tar(Image().files)


def twice() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, data in [*Image().files.items(), *Image().files.items()]:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return content.getvalue()


def many(count: int) -> bytes:
    return tar({**{f"x{n}": b"" for n in range(count)}, **Image().files})


def negative() -> bytes:
    block = bytearray(tarfile.TarInfo("x").tobuf(tarfile.GNU_FORMAT)[:512])
    block[124:136] = b"\xff" * 12
    block[148:156] = b"%06o\0 " % (sum(block[:148]) + sum(block[156:]) + 8 * 32)
    return bytes(block) + tar(Image().files)


def layer(data: bytes, packed: bytes | None = None, **more: object) -> bytes:
    """An archive of one layer; ``packed`` is what lies there in its place."""
    files = Image([data], more=dict(more)).files
    return tar({**files, "0/layer.tar": data if packed is None else packed})


def spaced(said: object) -> bytes:
    """The same configuration, and so another hash."""
    return json.dumps(said, indent=1).encode()


def sparse(kind: bytes) -> bytes:
    entry = tarfile.TarInfo("grows")
    entry.type = kind
    return entry.tobuf(tarfile.GNU_FORMAT) + bytes(1024)


def pax(record: bytes) -> bytes:
    entry = tarfile.TarInfo("pax")
    entry.type, entry.size = b"x", len(record)
    return entry.tobuf() + record + bytes(-len(record) % 512) + tar({"x": b"1"})


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "DEN530"),
    "no tar": (lambda: b"FROM scratch\n" * 100, "DEN530"),
    "zeros": (lambda: bytes(10_240), "DEN530"),
    "cut short": (lambda: tar(Image().files)[:2000], "DEN530"),
    "gzip around it": (lambda: gzip.compress(tar(Image().files)), "DEN530"),
    "zstd around it": (lambda: b"\x28\xb5\x2f\xfd" + bytes(600), "DEN530"),
    "a zip": (lambda: b"PK\x03\x04" + bytes(600), "DEN530"),
    "a symbolic link": (lambda: with_entry(b"2", linkname="/etc/shadow"), "DEN530"),
    "a hard link": (lambda: with_entry(b"1", linkname="manifest.json"), "DEN530"),
    "a device": (lambda: with_entry(b"4", devmajor=8), "DEN530"),
    "a pipe": (lambda: with_entry(b"6"), "DEN530"),
    "a kind nobody knows": (lambda: with_entry(b"Z"), "DEN530"),
    "an absolute name": (lambda: changed(**{"/etc/passwd": b"x"}), "DEN530"),
    "a name that climbs": (lambda: changed(**{"a/../../x": b"x"}), "DEN530"),
    "an escape in a name": (lambda: changed(**{"a\x1b[31m": b"x"}), "DEN530"),
    "a name not of an image": (lambda: changed(**{"a b": b"x"}), "DEN530"),
    "the same file twice": (twice, "DEN530"),
    "a size below nothing": (negative, "DEN530"),
    "too many entries": (lambda: many(2_001), "DEN530"),
    "another name in a header": (lambda: extended(b"22 path=manifest.json\n"), "DEN530"),
    "a long name in a header": (lambda: extended(b"manifest.json\0", b"L"), "DEN530"),
    "another size in a header": (lambda: extended(b"13 size=1000\n"), "DEN531"),
    "a header of a megabyte": (lambda: extended(bytes(MEBIBYTE)), "DEN530"),
    "a sparse file": (lambda: with_entry(b"S"), "DEN531"),
    "no manifest": (lambda: tar({"x": b"1"}), "DEN530"),
    "an OCI layout": (lambda: tar({"oci-layout": b"{}", "index.json": b"{}"}), "DEN534"),
    "two images": (lambda: manifest([{}, {}]), "DEN532"),
    "no image": (lambda: manifest([]), "DEN532"),
    "an object for a list": (lambda: manifest({}), "DEN532"),
    "a manifest of words": (lambda: manifest(["x"]), "DEN530"),
    "no layers": (lambda: manifest([{"Config": "x", "Layers": []}]), "DEN530"),
    "layers as text": (lambda: manifest([{"Config": "x", "Layers": "x"}]), "DEN530"),
    "many layers": (lambda: manifest([{"Config": "x", "Layers": ["y"] * 121}]), "DEN530"),
    "a layer that is missing": (lambda: manifest([{"Config": "x", "Layers": ["y"]}]), "DEN530"),
    "a configuration as a list": (lambda: manifest([{"Config": [], "Layers": ["y"]}]), "DEN530"),
    "no JSON": (lambda: changed(manifest__json=b"{"), "DEN530"),
    "deep JSON": (lambda: changed(manifest__json=b"[" * 100_000), "DEN530"),
    "large JSON": (lambda: changed(manifest__json=b" " * 5 * MEBIBYTE), "DEN530"),
    "a configuration that was changed": (
        lambda: tar({**Image().files, next(iter(Image().files)): b'{"rootfs": {}}'}),
        "DEN533",
    ),
    "a configuration with another name than its own": (
        lambda: tar({**Image().files, next(iter(Image().files)): spaced(Image().said)}),
        "DEN533",
    ),
    "no word of the layers": (lambda: tar(Image(more={"rootfs": []}).files), "DEN533"),
    "one layer too few": (lambda: tar(Image(more={"rootfs": {"diff_ids": []}}).files), "DEN533"),
    "a hash that is none": (
        lambda: tar(Image(more={"rootfs": {"diff_ids": ["sha256:x"]}}).files),
        "DEN533",
    ),
    "a layer that was changed": (lambda: layer(tar({"a": b"1"}), tar({"a": b"2"})), "DEN533"),
    "a layer in zstd": (lambda: layer(tar({}), b"\x28\xb5\x2f\xfd" + bytes(600)), "DEN534"),
    "a layer that is cut": (
        lambda: layer(tar({"a": b"1"}), gzip.compress(tar({"a": b"1"}))[:-20]),
        "DEN530",
    ),
    "a layer that is damaged": (lambda: layer(tar({}), b"\x1f\x8b\x08" + b"\xff" * 40), "DEN530"),
    "a layer that is no tar": (lambda: layer(b"x" * 1024), "DEN530"),
    "a gzip bomb": (
        lambda: layer(b"x", gzip.compress(tar({"a": bytes(65 * MEBIBYTE)}))),
        "DEN531",
    ),
    "a bomb behind the end": (
        lambda: layer(b"x", gzip.compress(tar({})) + gzip.compress(bytes(65 * MEBIBYTE))),
        "DEN531",
    ),
    "a sparse file in a layer": (lambda: layer(sparse(b"S")), "DEN531"),
    "a sparse file in a header": (lambda: layer(pax(b"22 GNU.sparse.major=1\n")), "DEN531"),
    "a size in a header of a layer": (lambda: layer(pax(b"20 size=99999999999\n")), "DEN531"),
    "layers that are a bomb together": (
        lambda: tar(Image([tar({"a": bytes(33 * MEBIBYTE)})] * 2, packed=True).files),
        "DEN531",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_found_out(case: str) -> None:
    make, code = HOSTILE[case]
    content = make()
    with pytest.raises(BadArchive) as refused:
        examine(content)
    assert refused.value.code == code, refused.value
    assert code in codes.ALL
    assert str(refused.value).isprintable()


def test_a_bomb_is_left_before_it_takes_memory_or_time() -> None:
    once = gzip.compress(bytes(256 * MEBIBYTE))
    content = layer(b"x", once * 16)
    tracemalloc.start()
    began = time.monotonic()
    with pytest.raises(BadArchive, match="larger than 64 MiB"):
        examine(content)
    took = time.monotonic() - began
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 32 * MEBIBYTE
    assert took < 10


def test_a_crowd_of_small_files_is_too_much() -> None:
    data = tar({f"{n}": b"" for n in range(30)})
    part, file = Part(0, len(data)), io.BytesIO(data)
    unpack(file, part, f"sha256:{digest(data)}", Count(MEBIBYTE, 30))
    with pytest.raises(BadArchive, match="files in its layers"):
        unpack(file, part, f"sha256:{digest(data)}", Count(MEBIBYTE, 29))


def test_a_file_that_becomes_shorter_is_found_out() -> None:
    with pytest.raises(BadArchive, match="became shorter"):
        unpack(io.BytesIO(b"x"), Part(0, 5000), "", Count(MEBIBYTE))


def test_headers_together_are_bounded_too() -> None:
    entry = tarfile.TarInfo("pax")
    entry.type, entry.size = b"x", 40_960
    one = entry.tobuf() + bytes(40_960)
    with pytest.raises(BadArchive, match="extended headers"):
        list(tape.entries(io.BytesIO(one * 2)))


@given(st.binary(max_size=3000), st.integers(0, 12_000))
def test_damage_anywhere_is_an_answer_and_no_crash(damage: bytes, at: int) -> None:
    whole = bytearray(tar(Image(packed=True).files))
    whole[at : at + len(damage)] = damage
    with suppress(BadArchive):
        assert examine(bytes(whole)).size == len(Image().layers[0])
