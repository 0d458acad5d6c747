"""One instruction after the other: taken, or refused with the reason."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sandboxctl.blueprint import image_names
from sandboxctl.blueprint.dockerfile import ways
from sandboxctl.blueprint.dockerfile.expand import literal, split
from sandboxctl.blueprint.dockerfile.flaw import Refused
from sandboxctl.blueprint.dockerfile.model import (
    SCRATCH,
    Argv,
    Copy,
    Expose,
    Instruction,
    Pairs,
    User,
    Workdir,
)
from sandboxctl.blueprint.dockerfile.pairs import pairs_of
from sandboxctl.blueprint.forms import FOLDERS_OF_THE_KERNEL

if TYPE_CHECKING:
    from sandboxctl.blueprint.dockerfile.reading import State

SHELL = ("/bin/sh", "-c")

_OWNER = re.compile(r"[0-9]{1,9}(:[0-9]{1,9})?")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,31})?")
_ROOT = re.compile(r"(0+|root)(:.*)?")
_PORT = re.compile(r"([0-9]{1,5})(/tcp|/udp)?")
_FLAG = re.compile(r"--\S*")
_ADDRESS = re.compile(r"[a-z0-9+.-]+:/?/|git@", re.IGNORECASE)
_AWKWARD = re.compile(r"[$\"'\\\[\]]|<<")


def taken(word: str, value: str, state: State) -> Iterator[Instruction]:
    """What an instruction comes to; nothing for FROM, which only ``state`` learns.

    Raises Refused.
    """
    value = value.strip()
    if word != "FROM" and word in _READ and not state.parent:
        raise Refused("stands above FROM", "DEN512")
    if "<<" in value and word in ("COPY", "RUN"):
        raise Refused("has a here-document; put it into a file", "DEN515")
    if not value and word in _READ | {"FROM"}:
        raise Refused("has no value", "DEN518")
    try:
        yield from _one(word, value, state)
    except Refused:
        raise
    except ValueError as error:
        raise Refused(str(error), "DEN518") from None


def _one(word: str, value: str, state: State) -> Iterator[Instruction]:
    match word:
        case "FROM":
            state.parent = _parent(value, state)
        case "COPY":
            yield _copy(value, state)
        case "WORKDIR":
            state.folder = _folder(value, state)
            yield Workdir(state.folder)
        case "ENV":
            pairs = pairs_of("ENV", value, state.environment)
            state.environment.update(pairs)
            yield Pairs("ENV", pairs)
        case "LABEL":
            yield Pairs("LABEL", pairs_of("LABEL", value, state.environment))
        case "USER":
            yield User(_user(value, state))
        case "EXPOSE":
            yield Expose(tuple(_port(one) for one in value.split()))
        case "CMD" | "ENTRYPOINT":
            yield Argv(word, _argv(value))
        case "RUN":
            yield Argv("RUN", _run(value, state))
        case _:
            raise Refused(ways.INSTRUCTIONS.get(word, "is not an instruction here"), "DEN511")


_READ = frozenset(["COPY", "WORKDIR", "ENV", "LABEL", "USER", "EXPOSE", "CMD", "ENTRYPOINT", "RUN"])


def _parent(value: str, state: State) -> str:
    if state.parent:
        raise Refused("begins a second stage; bring what the first one makes", "DEN512")
    words = value.split()
    if words[0].startswith("--"):
        raise Refused(f"has {words[0][:40]}; the engine says for which platform", "DEN512")
    reference, *more = words
    if more and (len(more) != 2 or more[0].upper() != "AS"):
        raise Refused("should be one image", "DEN512")
    if "$" in reference:
        raise Refused("has a variable in it; name the image", "DEN512")
    found = None if reference == SCRATCH else image_names.problem(reference)
    if found:
        raise Refused(f"{reference[:80]} {found[0]}", found[1])
    return reference


def _copy(value: str, state: State) -> Copy:
    owner = ""
    while flag := _FLAG.match(value):
        value = value[flag.end() :].lstrip()
        owner = _owner(flag[0])
    words = _listed(value)
    if words is None:
        words = split(value)
    if len(words) < 2:
        raise ValueError("should name what is copied, and where to")
    *sources, target = words
    to = _target(target, state)
    if len(sources) > 1 and not to.endswith("/"):
        raise ValueError(f"copies several files to {to[:80]}, which should end with /")
    return Copy(tuple(_source(one) for one in sources), to, owner)


def _owner(flag: str) -> str:
    name, _, given = flag.partition("=")
    match name:
        case "--chown" if _OWNER.fullmatch(given):
            return given
        case "--chown":
            raise Refused("--chown should be numbers, such as 10001:10001", "DEN518")
        case "--from":
            raise Refused("--from takes from another image; copy from the folder", "DEN514")
        case _:
            raise Refused(f"{name[:30]} is not an option here; take it out", "DEN515")


def _source(word: str) -> str:
    """A path below the folder, in one spelling; ``.`` is the folder itself."""
    if _ADDRESS.match(word):
        raise Refused(f"{word[:80]} is an address; put the file beside the Dockerfile", "DEN514")
    if word.startswith(("/", "~")) or ".." in word.split("/"):
        raise Refused(f"{word[:80]} should be a path below the folder, such as ./app", "DEN514")
    if _AWKWARD.search(word):
        raise ValueError(f"{word[:80]} has a character that means something in a Dockerfile")
    return posixpath.normpath(word)


def _target(word: str, state: State) -> str:
    path = literal(word, state.environment)
    resolved = _inside(path, state)
    return f"{resolved}/" if path.endswith(("/", "/.")) or path == "." else resolved


def _folder(value: str, state: State) -> str:
    return _inside(literal(value, state.environment), state)


def _inside(path: str, state: State) -> str:
    """An absolute path in the image. WORKDIR in /proc has been a way out of a container:
    CVE-2024-21626."""
    if _AWKWARD.search(path) or any(c.isspace() for c in path) or not path:
        raise ValueError(f"{path[:80]!r} should be a path without spaces, quotes and $")
    if ".." in path.split("/"):
        raise Refused(f"{path[:80]} has `..` in it; write the whole path", "DEN519")
    if not path.startswith("/") and not state.folder:
        raise ValueError(f"{path[:80]} should begin with /, as there is no WORKDIR above it")
    whole = "/" + posixpath.normpath(posixpath.join(state.folder or "/", path)).lstrip("/")
    if any(whole == one or whole.startswith(f"{one}/") for one in FOLDERS_OF_THE_KERNEL):
        raise Refused(f"{whole[:80]} lies in a folder of the kernel", "DEN519")
    return whole


def _user(value: str, state: State) -> str:
    if not _USER.fullmatch(value):
        raise ValueError(f'{value[:80]!r} should be a number or a name, such as "10001:10001"')
    if _ROOT.fullmatch(value) and not state.allowed.run:
        raise Refused("a service does not run as root; give a number, or leave it out", "DEN516")
    return value


def _port(word: str) -> str:
    found = _PORT.fullmatch(word)
    if not found or not 1 <= int(found[1]) <= 65_535:
        raise ValueError(f"{word[:80]} should be a port, such as 8000")
    return word


def _argv(value: str) -> tuple[str, ...]:
    listed = _listed(value)
    if listed == []:
        raise ValueError("should not be empty")
    return tuple(listed) if listed is not None else (*SHELL, value)


def _run(value: str, state: State) -> tuple[str, ...]:
    if not state.allowed.run:
        raise Refused(ways.RUN % state.allowed.service, "DEN513")
    if value.startswith("--"):
        raise Refused(f"{value.split()[0][:30]} is not an option here; take it out", "DEN515")
    return _argv(value)


def _listed(value: str) -> list[str] | None:
    """The JSON form; None where it is not meant to be one."""
    if not value.startswith("["):
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError('begins like a list and is none; write ["program", "argument"]')
    if any(not one.isprintable() for text in found for one in text):
        raise ValueError("has a character that cannot be printed")
    return found
