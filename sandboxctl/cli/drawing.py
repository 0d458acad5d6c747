"""`plan --picture`: what would be there, drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sandboxctl.cli import show
from sandboxctl.cli.session import Session
from sandboxctl.lifecycle.files import write

if TYPE_CHECKING:
    from sandboxctl.lifecycle.change import Proposal


def draw(session: Session, proposal: Proposal, to: Path) -> None:
    """Write the picture of what is wanted, with how its services are where just that runs."""
    from sandboxctl.report import picture
    from sandboxctl.report.pictured import pictured, text

    wanted, seen = proposal.wanted, proposal.observed
    assert wanted is not None  # `up` always wants something
    same = seen.record is not None and seen.record.recipe == wanted.recipe.digest
    live = list(seen.live.services.values()) if same and seen.live else None
    facts = pictured(wanted.recipe, wanted.baseline, live)
    write(to, f"{text(facts)}\n" if to.suffix == ".txt" else picture.file(facts))
    show.aside(session, f"Its picture is in {to}")
