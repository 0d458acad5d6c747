"""`build` → a Dockerfile that the den takes as it is, a folder with a runtime, or a question."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from sandboxctl import codes
from sandboxctl.blueprint.dockerfile.flaw import Flaw
from sandboxctl.blueprint.dockerfile.model import Copy, Dockerfile
from sandboxctl.blueprint.dockerfile.reading import read as read_strictly
from sandboxctl.compose import copies, running
from sandboxctl.compose.context import Context, context, ignored
from sandboxctl.compose.draft import Part
from sandboxctl.compose.raw import Raw

_REMOTE = re.compile(r"^(https?|git|ssh)://|^git@|\.git(#|$)|^github\.com/")
_WAYS = "give a folder as `source` with a `runtime` (python, node, static), or an `image`"
_USUAL = "Dockerfile"


def settle(part: Part) -> None:
    """Where the part comes from."""
    build = part.given.get("build")
    long: dict[str, Raw] = build if isinstance(build, dict) else {"context": build}
    named = part.draft.settled(long.get("context")) or "."
    if _REMOTE.search(named):
        _ask(part, f"{named} is fetched from elsewhere; copy it here: {_WAYS}")
        return
    try:
        folder = context(part, long)
    except ValueError as error:
        _ask(part, f"the folder {named} {error}; {_WAYS}")
        return
    runtime = running.runtime(folder)
    is_read = folder.text and runtime != "static"
    taken = None
    if is_read:
        taken, flaws = read_strictly(folder.text.encode())
        part.dockerfile, part.flaw = folder.dockerfile.rpartition("/")[2], _flaw(flaws)
    if not (taken or runtime):
        _ask(part, _cannot(part, folder))
    elif not _copied(part, folder, whole=bool(taken)):
        _ask(part, f"nothing of {folder.name} can be taken along; {_WAYS}")
    elif taken:
        _built(part, folder, taken)
    elif runtime:
        running.settle(part, folder, runtime)


def _flaw(flaws: list[Flaw]) -> str:
    """The first reason why the den does not take a Dockerfile, and what would mend it."""
    if not flaws:
        return ""
    first, more = flaws[0], len(flaws) - 1
    others = f" (and {more} more)" if more else ""
    said = f"line {first.line}: {first.word} {first.why}".replace("  ", " ")
    return f"{said} [{first.code}]{others}. {codes.of(first.code).mend}"


def _copied(part: Part, folder: Context, *, whole: bool) -> int:
    """How many files came along; a Dockerfile only where it is used."""
    keep = folder.dockerfile if whole else ""
    part.draft.tops.setdefault("folders", {})[part.name] = folder.name
    count = copies.folder(part, folder.path, part.place, ignored(part, folder), keep=keep)
    if whole and not folder.dockerfile:
        part.draft.copies[f"{part.place}/{_USUAL}"] = folder.text
        count += 1
    return count


def _built(part: Part, folder: Context, asked: Dockerfile) -> None:
    """`build:`, and a question for each file that its COPY misses."""
    name, place = folder.dockerfile or _USUAL, f"{part.place}/"
    long = {"context": f"./{part.place}", "dockerfile": name}
    part.made["build"] = long["context"] if name == _USUAL else long
    there = [path.removeprefix(place) for path in part.draft.copies if path.startswith(place)]
    copied = [one for copy in asked.instructions if isinstance(copy, Copy) for one in copy.sources]
    for source in copied:
        if not any(_covers(source, path) for path in there):
            why = f"{source} of its Dockerfile did not come along; take it out there, or add it"
            part.ask("build", ("build",), why, found=source)
    why = "its Dockerfile is one that the den takes as it stands"
    part.decide("replaced", "build", why, instead=f"build: ./{part.place}")
    if folder.stage and folder.stage.listens:
        part.made["expose"] = folder.stage.listens


def _covers(source: str, path: str) -> bool:
    """As an engine matches: part by part."""
    wanted, parts = source.split("/"), path.split("/")
    return source == "." or (len(parts) >= len(wanted) and all(map(fnmatchcase, parts, wanted)))


def _cannot(part: Part, folder: Context) -> str:
    if folder.stage is None:
        return f"it is built from {folder.name}, and nothing there says how it runs; {_WAYS}"
    return (
        f"the den does not take the Dockerfile of {folder.name} as it is: {part.flaw} Or {_WAYS}: "
        "build it yourself and name the image, or name the folder of what was built"
    )


def _ask(part: Part, why: str) -> None:
    image = part.draft.settled(part.given.get("image"))
    if image and not part.draft.unknown(part.given.get("image")):
        part.decide("replaced", "build", why, instead=f"image: {image}")
        return
    part.given = {**part.given, "image": None}
    part.ask("build", (), why)
