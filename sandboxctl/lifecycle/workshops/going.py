"""Teams whose sandboxes go before their workshop is closed, most often at their end: what is known
of them is written down before, for afterwards nobody could tell."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import SandboxError
from sandboxctl.lifecycle import ledger
from sandboxctl.lifecycle.ledger import Event
from sandboxctl.lifecycle.workshops import kept
from sandboxctl.lifecycle.workshops.told import teams_of
from sandboxctl.workshop.record import Workshop


def write_down(engine: Engine, sandboxes: Collection[str], *, now: datetime) -> None:
    """What is known of each that is a team's; see `lifecycle.down.remember_teams`."""
    records = engine.records()
    for name in sorted({records[one].workshop for one in sandboxes if one in records} - {""}):
        workshop = kept.find(engine, name)
        teams = [team for one in sandboxes if workshop and (team := workshop.team_of(one))]
        if workshop and teams:
            found = teams_of(engine, workshop, teams, _events(engine, workshop), now=now)
            kept.write(engine, workshop.model_copy(update={"gone": {**workshop.gone, **found}}))


def _events(engine: Engine, workshop: Workshop) -> list[Event]:
    """Of this controller's ledger; what that cannot tell is missing, and holds nothing up."""
    try:
        return ledger.events(engine.den.name, since=workshop.since)
    except SandboxError:
        return []
