"""What packages say they need where they will run, and did not get.

pip works out markers such as ``python_full_version < "3.11.3"`` for the Python that runs it, not
for the one it is told to fetch for; the image's may be an older one.

Source  https://packaging.python.org/en/latest/specifications/dependency-specifiers/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

NEWEST_PATCH = 99


def unmet(site: Path, asked: Iterable[str], python: str, machine: str) -> list[str]:
    """Requirements that packages in ``site`` have on ``python`` and nothing there meets, sorted.

    ``asked``  the lines that they were fetched for; ``machine`` such as x86_64. A marker that is
    true for some patch release of ``python`` counts: a package too many does no harm.
    """
    there = {canonicalize_name(one.name): one for one in distributions(path=[str(site)])}
    extras: dict[str, set[str]] = {}
    ask = [Requirement(line) for line in asked]
    needed: dict[str, str] = {}
    while ask:
        wanted = ask.pop()
        name = canonicalize_name(wanted.name)
        known = extras.setdefault(name, {""})
        new = ({""} | wanted.extras) - (known if name in needed else set())
        known |= wanted.extras
        if name not in needed or new:
            needed[name] = _plain(wanted)
            ask += _requirements(there.get(name), new, _environments(python, machine))
    return sorted(text for name, text in needed.items() if name not in there)


def _requirements(
    package: Distribution | None, extras: Iterable[str], environments: Iterable[Mapping[str, str]]
) -> Iterator[Requirement]:
    for line in (package.requires if package else None) or ():
        try:
            found = Requirement(line)
        except InvalidRequirement:  # pip has taken it, in its own way
            continue
        tried = ({**one, "extra": extra} for one in environments for extra in extras)
        if found.marker is None or any(found.marker.evaluate(one) for one in tried):
            yield found


def _plain(wanted: Requirement) -> str:
    """Without its marker, which has been worked out."""
    extras = f"[{','.join(sorted(wanted.extras))}]" if wanted.extras else ""
    return f"{wanted.name}{extras}{wanted.specifier}"


def _environments(python: str, machine: str) -> list[dict[str, str]]:
    linux = {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_version": python,
        "sys_platform": "linux",
    }
    patches = (f"{python}.{patch}" for patch in (0, NEWEST_PATCH))
    return [{**linux, "python_full_version": one, "implementation_version": one} for one in patches]
