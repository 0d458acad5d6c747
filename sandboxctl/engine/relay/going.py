"""A generation goes live: what has to be known before, and one write for all that changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import store


def glance(folder: Path, sandbox: str) -> dict[str, Any]:
    """All that has to be known before a spare is taken: ``record`` of the sandbox, the text of its
    ``recipe``, both None where there is none, and the ``spares``."""
    whole = store.stored(folder)
    record = whole["sandboxes"].get(store.checked(sandbox))
    digest = str(store.as_object(record).get("recipe", ""))
    recipe = store.kept(folder / "recipes", digest) if digest else None
    return {"record": record, "recipe": recipe, "spares": store.as_object(whole.get("spares"))}


def live(
    folder: Path,
    sandbox: str,
    record: object,
    recipe: tuple[str, str],
    spare: str,
    ways: object,
) -> dict[str, Any]:
    """What is decided when a generation goes live, in one write: its recipe is kept before (its
    text is empty where it is kept already), and the spare it was is nobody else's from now on.
    ``taken`` if somebody was faster; ``rekeyed`` if another key opens the sandbox."""
    with store.alone(folder / "locks" / ".state"):
        if recipe[1]:
            store.keep(folder / "recipes", *recipe)  # in here nobody sweeps
        whole = store.stored(folder)
        before = json.dumps(whole, sort_keys=True)
        sandboxes, spares = whole["sandboxes"], store.as_object(whole.get("spares"))
        mine = sandboxes.get(store.checked(sandbox))
        if spare and spares.pop(spare, None) is None and not _was(mine, spare):
            return {"taken": True, "rekeyed": False}
        rekeyed = store.as_object(mine).get("key") != store.as_object(record).get("key")
        sandboxes[sandbox], whole["spares"] = record, spares
        whole["ways"] = {**store.as_object(whole.get("ways")), sandbox: ways}
        if before != json.dumps(whole, sort_keys=True):
            store.write(folder / "den.json", json.dumps(whole, indent=1, sort_keys=True))
    return {"taken": False, "rekeyed": rekeyed}


def _was(record: object, spare: str) -> bool:
    """Whether it is this sandbox's already: it was put aside, or claimed by this command before
    its line was cut."""
    mine = store.as_object(record)
    return spare in (mine.get("home"), *(one.get("home") for one in mine.get("asides") or ()))
