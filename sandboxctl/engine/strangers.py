"""What looks like a part of a den and is not: told in words, never changed.

A label can be written by anybody. What is a den's own carries its install id as well, which is
chosen at random when the den is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sandboxctl.sandbox import labels

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.engine.protocol import Note
    from sandboxctl.sandbox.den import Den


def found(api: APIClient, den: Den, install: str) -> tuple[str, ...]:
    """``container x``, ``network y``, ``volume z``: with the den's label or in its name, but of
    another install. Where the den is not made yet everything that names it is another's."""
    return tuple(sorted(_seen(api, den, install)))


def tell(api: APIClient, den: Den, install: str, note: Note) -> None:
    """Says what stays because it is another's."""
    if left := found(api, den, install):
        note(f"left alone, for it is not this den's: {', '.join(left)}")


def _seen(api: APIClient, den: Den, install: str) -> Iterator[str]:
    for one in api.containers(all=True):
        name = str((one.get("Names") or ["/"])[0]).lstrip("/")
        if _looks_alike(den, install, name, one.get("Labels")):
            yield f"container {name}"
    for one in api.networks():
        if _looks_alike(den, install, str(one["Name"]), one.get("Labels")):
            yield f"network {one['Name']}"
    for one in api.volumes()["Volumes"] or ():
        if _looks_alike(den, install, str(one["Name"]), one.get("Labels")):
            yield f"volume {one['Name']}"


def _looks_alike(den: Den, install: str, name: str, marks: Mapping[str, Any] | None) -> bool:
    """By name only where no label says that it is another den's: `a-b` begins like `a`."""
    marks = marks or {}
    owner = labels.owner(marks)
    if marks.get(labels.DEN) == den.name:
        return owner is None or owner.install != install
    return owner is None and name.startswith(f"{den.name}-")
