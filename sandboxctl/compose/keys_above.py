"""Keys above services that a blueprint does not have: what takes the place of each."""

from __future__ import annotations

from sandboxctl.blueprint import compose_keys
from sandboxctl.compose import raw
from sandboxctl.compose.draft import Draft, Part
from sandboxctl.compose.gathering import Gathered
from sandboxctl.compose.raw import Raw
from sandboxctl.compose.report import Decision, Verdict

_NOT_TAKEN = "no service has it; there is nothing to do"
_COVERED = "nothing to declare: the data begins empty in every sandbox"


def settle(draft: Draft, gathered: Gathered, parts: list[Part], project: str) -> None:
    """`name`, `networks`, and each of `volumes` with the folders that it has become."""
    called = draft.settled(draft.variables.text(gathered.name))
    if called and called != project:
        why = "a blueprint is named as its folder, unless `--name` says otherwise"
        _decide(draft, "left out", "name", called, why)
    if found := gathered.tops.get("networks"):
        why = compose_keys.TOP["networks"]
        _decide(draft, "replaced", "networks", raw.shown(list(found)), why, "the sandbox's network")
    for name in gathered.tops.get("volumes", {}):
        _volume(draft, name, parts)


def source(item: Raw) -> tuple[str, str]:
    """Source and target of one of a service's `volumes`, both as they are written."""
    if isinstance(item, dict):
        targets = (item.get(key) for key in ("target", "destination", "dst"))
        return raw.text(item.get("source") or item.get("src")), next(
            (raw.text(target) for target in targets if target), ""
        )
    name, _, rest = raw.text(item).partition(":")
    return name, rest.partition(":")[0]


def _volume(draft: Draft, name: str, parts: list[Part]) -> None:
    covered: list[str] = []
    uses = 0
    for part in parts:
        for item in raw.listed(part.given.get("volumes")):
            named, target = source(item)
            if named == name:
                uses += 1
                covered += _places(part, f"/{target.strip('/')}")
    if covered:
        instead = ", ".join(dict.fromkeys(covered))
        _decide(draft, "replaced", "volumes", name, _COVERED, instead)
    else:
        why = compose_keys.TOP["volumes"] if uses else _NOT_TAKEN
        _decide(draft, "left out", "volumes", name, why)


def _places(part: Part, target: str) -> list[str]:
    if template := part.made.get("template"):
        return [f"template: {template} ({part.name})"]
    folders = part.made.get("writable")
    is_there = isinstance(folders, list) and target in folders
    return [f"writable: {target} ({part.name})"] if is_there else []


def _decide(
    draft: Draft, verdict: Verdict, key: str, found: str, why: str, instead: str = ""
) -> None:
    shown = draft.shown(found)
    draft.report.decisions.append(Decision(verdict, "", key, shown, instead, why))
