"""`depends_on` and `links` → who waits for whom; services that do one thing and end."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from sandboxctl.compose import raw
from sandboxctl.compose.draft import Part

_DONE = "service_completed_successfully"
MOST_PREPARED = 20
"""Commands that `prepare` of a service may have."""


def settle(parts: dict[str, Part]) -> dict[str, Part]:
    """The parts that stay, each with its `depends_on`; ``parts`` are by their old names."""
    jobs = {name for part in parts.values() for name, how in waits(part).items() if how == _DONE}
    staying = {old: part for old, part in parts.items() if old not in jobs} or parts
    for old in parts.keys() - staying.keys():
        _job(parts[old], staying)
        parts[old].withdraw()
    graph: dict[str, list[str]] = {old: [] for old in staying}
    for old, part in staying.items():
        found = _through(old, parts, staying)
        kept = [other for other in found if _allowed(graph, old, other)]
        for other in set(found) - set(kept):
            part.decide("left out", "depends_on", "these wait for each other", found=other)
        if kept:
            part.made["depends_on"] = [staying[other].name for other in kept]
    return staying


def waits(part: Part) -> dict[str, str]:
    """Whom it waits for, and until what."""
    given = part.given.get("depends_on")
    if isinstance(given, dict):
        found = {name: raw.text(raw.mapping(how).get("condition")) for name, how in given.items()}
    else:
        found = {raw.text(name): "" for name in raw.listed(given)}
    for link in raw.listed(part.given.get("links")):
        found.setdefault(raw.text(link).partition(":")[0], "")
    return found


def _through(old: str, parts: dict[str, Part], staying: dict[str, Part]) -> list[str]:
    """Those that stay of whom ``old`` waits for; for a job that does not, whom that waits for."""
    found: dict[str, None] = {}
    seen, todo = {old}, list(waits(parts[old]))
    while todo:
        other = todo.pop(0)
        if other in seen:
            continue
        seen.add(other)
        if other in staying:
            found[other] = None
        elif other in parts:
            todo += waits(parts[other])
        else:
            parts[old].decide("left out", "depends_on", "is not among the services", found=other)
    return list(found)


def _allowed(graph: dict[str, list[str]], old: str, other: str) -> bool:
    """Adds the edge unless it closes a circle."""
    graph[old].append(other)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        graph[old].remove(other)
        return False
    return True


def _job(job: Part, staying: dict[str, Part]) -> None:
    """Work to be done first: `prepare` of a service of the same image, if one waits for it."""
    waiting = [part for part in staying.values() if job.old in waits(part)]
    same = [part for part in waiting if _same(part, job)]
    command = job.words("command") if not job.words("entrypoint") else []
    prepared = same[0].made.setdefault("prepare", []) if same and command else None
    if isinstance(prepared, list) and len(prepared) < MOST_PREPARED:
        prepared.append(command)
        why = "work to be done first is done once, while minute zero is made"
        job.decide("replaced", "command", why, instead=f"services.{same[0].name}.prepare")
        return
    why = (
        "it does one thing and ends, and others wait for that; what it does goes into `prepare` "
        "of the service that needs it, or into `data`"
    )
    job.decide(
        "left out", "depends_on", why, found=f"{', '.join(p.old for p in waiting)} wait for it"
    )
    for part in waiting:
        part.remark(f"{job.old} ran before it, and is left out: what it does goes into `prepare`")


def _same(part: Part, job: Part) -> bool:
    keys = ("image",) if job.given.get("build") is None else ("build",)
    return all(part.given.get(key) == job.given.get(key) and job.given.get(key) for key in keys)
