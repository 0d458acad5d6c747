"""What a facilitator has granted, and whether it counts for what is to run now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from sandboxctl.blueprint import limits
from sandboxctl.blueprint.exceptions import Asked
from sandboxctl.blueprint.forms import Frozen, Name
from sandboxctl.blueprint.grants import amount, is_root
from sandboxctl.sandbox.recipe import Recipe, fingerprint

LONGEST = timedelta(days=14)
Subject = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

Why = Literal["", "nobody granted it", "another version", "its time is over"]


class Approval(Frozen):
    """Exceptions that somebody answers for, in the den's state.

    ``subject``, ``images``  what was looked at: see `Recipe`; images by name, with the id of their
    content. ``services``  a fingerprint of each, to tell later what changed. ``at``, ``until`` UTC.
    """

    blueprint: Name
    subject: Subject
    images: dict[str, str] = Field(default_factory=dict, max_length=200)
    services: dict[Name, str] = Field(default_factory=dict, max_length=200)
    grants: tuple[Asked, ...] = Field(min_length=1, max_length=50)
    by: str = Field(max_length=200)
    at: AwareDatetime
    until: AwareDatetime

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if not timedelta(0) < self.until - self.at <= LONGEST:
            raise ValueError(f"should end, and within {LONGEST.days} days")
        return self


@dataclass(frozen=True, slots=True)
class Standing:
    """Which exceptions of a recipe are in force, and which are not.

    ``approval`` is the one that counts, or the nearest to it; ``changed`` what is not as it was
    when that was given, in words.
    """

    granted: tuple[Asked, ...] = ()
    missing: tuple[Asked, ...] = ()
    approval: Approval | None = None
    why: Why = ""
    changed: tuple[str, ...] = ()


def approval(
    recipe: Recipe,
    grants: Iterable[Asked],
    images: Mapping[str, str],
    *,
    by: str,
    at: datetime,
    until: datetime,
) -> Approval:
    """Some of a recipe's exceptions, granted for it as it is and for ``images`` as they are."""
    return Approval(
        blueprint=recipe.blueprint,
        subject=recipe.subject,
        images={name: images[name] for name in recipe.bound},
        services=_services(recipe),
        grants=tuple(grants),
        by=by[:200],
        at=at,
        until=until,
    )


def standing(
    recipe: Recipe, approvals: Iterable[Approval], images: Mapping[str, str], now: datetime
) -> Standing:
    """Which of a recipe's exceptions are in force at ``now``.

    ``images``  the id of each image of `Recipe.bound` that is on the engine. Where one is missing
    or another, or the blueprint is, nothing is in force.
    """
    asked = recipe.exceptions
    if not asked:
        return Standing()
    theirs = sorted((a for a in approvals if a.blueprint == recipe.blueprint), key=_age)
    own = [a for a in theirs if a.subject == recipe.subject]
    if not theirs:
        return Standing(missing=asked, why="nobody granted it")
    if not own:
        return Standing((), asked, theirs[-1], "another version", _otherwise(theirs[-1], recipe))
    found = own[-1]
    changed = tuple(
        f"the image {name}" + ("" if name in images else " (it is not here)")
        for name in recipe.bound
        if name not in images or found.images.get(name) != images[name]
    )
    if changed:
        return Standing((), asked, found, "another version", changed)
    if not found.at <= now + timedelta(minutes=5) or found.until <= now:
        return Standing((), asked, found, "its time is over")
    agreed = {(grant.service, grant.grant) for grant in found.grants}
    granted = tuple(one for one in asked if (one.service, one.grant) in agreed)
    missing = tuple(one for one in asked if one not in granted)
    return Standing(granted, missing, found, "nobody granted it" if missing else "")


def unasked(recipe: Recipe) -> tuple[str, ...]:
    """What containers of a recipe have and no exception of it asks for, as ``web: root``.

    Nothing, unless a recipe was made by mistake or by somebody else."""
    asks = {asked.same_as for asked in recipe.exceptions}
    raised = {(asked.service, asked.kind): amount(asked) or 0 for asked in recipe.exceptions}
    found: list[str] = []
    for name, one in recipe.containers.items():
        has = [f"cap:{capability}" for capability in one.capabilities]
        has += ["root"] if is_root(one.user) else []
        has += ["writable_root"] if one.writable_root else []
        found += [f"{name}: {grant}" for grant in has if (name, grant) not in asks]
        out = [(way.service, f"egress:{way.host}:{way.port}") for way in one.ways_out]
        found += [f"{service}: {grant}" for service, grant in out if (service, grant) not in asks]
        amounts = {"mem_limit": one.memory, "cpus": one.cpus, "pids_limit": one.pids}
        for key, value in amounts.items():
            if value > max(limits.ALL[key].usual, raised.get((name, key), 0)):
                found.append(f"{name}: {key}:{limits.ALL[key].shown(value)}")
    return tuple(found)


def _age(one: Approval) -> datetime:
    return one.at


def _services(recipe: Recipe) -> dict[str, str]:
    containers = recipe.containers.items()
    return {name: fingerprint(one.model_dump(mode="json")) for name, one in containers}


def _otherwise(before: Approval, recipe: Recipe) -> tuple[str, ...]:
    """What of a blueprint is not as it was when it was approved."""
    now = _services(recipe)
    names = sorted(before.services.keys() | now.keys())
    services = [f"services.{n}" for n in names if before.services.get(n) != now.get(n)]
    same = {*before.grants} <= {*recipe.exceptions}
    return tuple(services + ([] if same else ["exceptions"])) or ("its files, data or description",)
