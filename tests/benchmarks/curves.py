"""As teams, rows and services grow: an hour or more. Each place is kept as soon as it is known."""

from __future__ import annotations

from tests.benchmarks import frame, page, resets, teams


def measure() -> None:
    """What is not known yet."""
    for one in (teams.services, teams.growth, resets.growth):
        one()
        page.draw()


def again() -> None:
    """All of it."""
    for name in page.CURVES:
        frame.forget(name)
    measure()
