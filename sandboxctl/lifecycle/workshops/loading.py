"""The blueprints of a workshop, each read and worked out once for all teams that share it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sandboxctl.blueprint.load import Facts, Loaded, load
from sandboxctl.data.relations.sizes import sizes
from sandboxctl.errors import BlueprintError
from sandboxctl.lifecycle.assemble import Assembled, assemble
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.recipe import digest
from sandboxctl.workshop.evidence import BlueprintFacts
from sandboxctl.workshop.teams import Team

ANYBODY = "any-team"


@dataclass(frozen=True, slots=True)
class Made:
    """What a team's sandbox is made from."""

    team: Team
    loaded: Loaded
    assembled: Assembled


def facts(den: Den, sandbox: str) -> Facts:
    """What a blueprint's templates may know of where it will run."""
    gateway = den.gateway
    return Facts(gateway.domain, gateway.scheme, gateway.port, sandbox, den.url(sandbox))


def load_all(den: Den, teams: Iterable[Team]) -> dict[str, Made]:
    """By team; BlueprintError for the first blueprint that is wrong, with all that is wrong in
    it. One that names its sandbox is read again for each team."""
    known: dict[object, tuple[Loaded, Assembled]] = {}
    found: dict[str, Made] = {}
    for team in teams:
        key = (team.blueprint, tuple(sorted(team.set.items())))
        if key not in known:
            loaded = _load(den, team, ANYBODY)
            known[key] = loaded, assemble(loaded)
        loaded, assembled = known[key]
        if loaded.names_sandbox:
            loaded = _load(den, team, team.name)
            assembled = assemble(loaded)
        found[team.name] = Made(team, loaded, assembled)
    return found


def _load(den: Den, team: Team, sandbox: str) -> Loaded:
    try:
        return load(team.blueprint, values=team.set, facts=facts(den, sandbox))
    except BlueprintError as error:
        raise team.placed(error) from None


def facts_of(made: Made) -> BlueprintFacts:
    """What the record of a workshop says of a blueprint; taken down while its folder is there."""
    asked, recipe = made.loaded.blueprint, made.assembled.recipe
    return BlueprintFacts(
        name=asked.name,
        title=asked.title or "",
        supplier=asked.supplier.name if asked.supplier else "",
        licence=asked.licence or "",
        sha256=digest(made.loaded.anywhere.model_dump(mode="json")),
        recipe=recipe.digest,
        data_sha256=digest(asked.data.model_dump(mode="json")) if asked.data else "",
        seed=asked.data.seed if asked.data else None,
        rows=dict(sizes(asked.data)) if asked.data else {},
        set=dict(made.team.set),
        exceptions=tuple(f"{one.service}: {one.grant}" for one in asked.exceptions),
    )
