"""Workshops as the den keeps them: which there are, and whose sandbox is whose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle.ledger import me
from sandboxctl.lifecycle.locks import WORKSHOP
from sandboxctl.lifecycle.workshops.loading import Made, facts_of
from sandboxctl.workshop.asked import Asked
from sandboxctl.workshop.record import Member, Workshop, kept

PART = "workshops"


def lock(name: str) -> str:
    """Held by whoever changes a workshop; no sandbox can be called so."""
    return f"{WORKSHOP}{name}"


def all_of(engine: Engine) -> dict[str, Workshop]:
    """By name, sorted. SandboxError for an entry that cannot be read."""
    return {name: kept(name, entry) for name, entry in sorted(engine.part(PART).items())}


def find(engine: Engine, name: str) -> Workshop | None:
    """A workshop of the den; None if there is none of that name."""
    entry = engine.part(PART).get(name)
    return None if entry is None else kept(name, entry)


def known(engine: Engine, name: str) -> Workshop:
    """The same; SandboxError if there is none, with the name that may be meant."""
    found = find(engine, name)
    if found is None:
        near = get_close_matches(name, list(engine.part(PART)), n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise SandboxError(
            f"There is no workshop {name}.{meant}",
            hint="`sandboxctl workshop ls` shows what there is; `workshop up` starts one.",
        )
    return found


def write(engine: Engine, workshop: Workshop) -> None:
    engine.decide(PART, workshop.name, workshop.model_dump(mode="json"))


def forget(engine: Engine, name: str) -> None:
    engine.decide(PART, name, None)


def records(engine: Engine) -> Mapping[str, Any]:
    """What is decided about every sandbox of the den, as it is stored."""
    return engine.part("sandboxes")


def owned(engine: Engine, workshop: str) -> list[str]:
    """Sandboxes that say they are of this workshop, whatever its own entry says."""
    return sorted(n for n, one in records(engine).items() if one.get("workshop") == workshop)


def chosen(workshop: Workshop, teams: Iterable[str]) -> Sequence[str]:
    """The teams that were named, or all; SandboxError for one that is not of it."""
    named = list(dict.fromkeys(teams))
    for team in named:
        if team not in workshop.teams:
            near = get_close_matches(team, list(workshop.teams), n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise SandboxError(
                f"{workshop.name} has no team {team}.{meant}",
                hint=f"`sandboxctl workshop status {workshop.name}` shows all of them.",
            )
    return named or list(workshop.teams)


def is_closing(workshop: Workshop) -> None:
    """SandboxError where it is being closed: nothing of it is started any more."""
    if workshop.closing:
        raise SandboxError(
            f"{workshop.name} is being closed since {workshop.closing:%H:%M} UTC",
            hint=f"`sandboxctl workshop close {workshop.name}` finishes that.",
        )


def renewed(
    before: Workshop | None, asked: Asked, made: Mapping[str, Made], now: datetime, until: datetime
) -> Workshop:
    """What it will be, teams that stay without being asked for among them."""
    teams = {
        name: Member(
            sandbox=name,
            blueprint=one.loaded.blueprint.name,
            recipe=one.assembled.recipe.digest,
            title=one.team.title,
        )
        for name, one in made.items()
    }
    facts = {one.assembled.recipe.digest: one for one in made.values()}
    made_of = {digest: facts_of(one) for digest, one in facts.items()}
    return Workshop(
        name=asked.name,
        title=asked.title,
        teams={**teams, **_others(before, made)},
        spares=asked.spares,
        since=before.since if before else now,
        until=until,
        file=asked.digest,
        opened_by=before.opened_by if before else me(),
        made_of={**(before.made_of if before else {}), **made_of},
        gone=before.gone if before else {},
    )


def _others(before: Workshop | None, made: Collection[str]) -> dict[str, Member]:
    return {n: one for n, one in (before.teams if before else {}).items() if n not in made}
