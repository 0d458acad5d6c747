"""A workshop that is over, for tests of what is written of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sandboxctl.workshop.evidence import (
    BlueprintFacts,
    DenFacts,
    Evidence,
    Failure,
    Outgoing,
    Reset,
    Snapshot,
    TeamFacts,
    Versions,
)
from sandboxctl.workshop.inventory import Inventory, Kind, Thing

OPENED = datetime(2026, 5, 12, 8, tzinfo=UTC)
RECIPE = "0123456789ab"


def after(minutes: float) -> datetime:
    return OPENED + timedelta(minutes=minutes)


def blueprint(**more: Any) -> BlueprintFacts:
    given: dict[str, Any] = {
        "name": "repair-right",
        "title": "Repair right first time",
        "supplier": "Example Digital Ltd",
        "licence": "MIT",
        "sha256": "ab" * 32,
        "recipe": RECIPE,
        "data_sha256": "cd" * 32,
        "seed": 2026,
        "rows": {"homes": 2000, "repairs": 500},
        "set": {"homes": "2000"},
        "exceptions": ("web: egress:api.example.org:443",),
    }
    return BlueprintFacts(**(given | more))


def heron(**more: Any) -> TeamFacts:
    """A team that broke things, and put them back."""
    given: dict[str, Any] = {
        "name": "heron",
        "title": "Team Heron",
        "sandbox": "heron",
        "recipe": RECIPE,
        "ready": after(0),
        "generations": 3,
        "resets": (
            Reset(at=after(62), why="reset", seconds=0.4, lost="12 entries made since 09:02"),
            Reset(at=after(80), why="undo"),
            Reset(at=after(200), why="reset", of="db", seconds=1.32),
        ),
        "failures": (
            Failure(at=after(61), service="web", why="ran out of memory", mended=True),
            Failure(at=after(199), service="db", why="did not answer", code="DEN900", mended=False),
            Failure(at=after(210), why="the engine was restarted"),
        ),
        "snapshots": (
            Snapshot(name="before-lunch", at=after(180)),
            Snapshot(name="best", at=after(400), exported="heron-best.tar"),
        ),
        "went_out": (Outgoing(service="web", to="api.example.org:443", times=1200, refused=2),),
    }
    return TeamFacts(**(given | more))


def otter(**more: Any) -> TeamFacts:
    """A team of which nothing is known but that it was there."""
    return TeamFacts(**({"name": "otter", "sandbox": "otter", "recipe": RECIPE} | more))


def evidence(**more: Any) -> Evidence:
    given: dict[str, Any] = {
        "name": "spring-den",
        "title": "Spring den",
        "den": DenFacts(name="den", install="9f" * 16, engine="laptop"),
        "opened": OPENED,
        "until": after(480),
        "closed": after(485),
        "opened_by": "kim",
        "closed_by": "kim",
        "blueprints": (blueprint(),),
        "teams": (heron(), otter()),
        "versions": Versions(sandboxctl="0.1.0", python="3.12", engine="28.1", mix=3),
    }
    return Evidence(**(given | more))


def thing(kind: Kind, name: str, sandbox: str = "", role: str = "") -> Thing:
    return Thing(kind=kind, id=f"sha256:{name:0<64.64}", name=name, sandbox=sandbox, role=role)


GATEWAY = thing("container", "den-gateway", role="gateway")


def before() -> Inventory:
    """A den with a workshop of two teams, one of its spares, and a sandbox of somebody else."""
    return Inventory(
        at=after(481),
        things=(
            thing("container", "den-heron-3-web", "heron", "service"),
            thing("network", "den-heron-3", "heron", "network"),
            thing("container", "den-otter-1-web", "otter", "service"),
            thing("container", "den-spare-web", f"spare.{RECIPE}.00000001", "service"),
            thing("image", "sandboxctl/baseline:k-db"),
            thing("image", "sandboxctl/snapshot:den-heron-best-db", "heron"),
            thing("container", "den-other-1-web", "other"),
            GATEWAY,
        ),
    )
