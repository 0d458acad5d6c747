"""The pages of the console, one module for each; a new one is one line here."""

from __future__ import annotations

from sandboxctl.console.pages import (
    access,
    closing,
    desk,
    enter,
    job,
    opening,
    start,
    task,
    team,
    wall,
)

ALL = (
    start.page,
    enter.page,
    team.page,
    job.page,
    wall.page,
    opening.page,
    task.page,
    closing.page,
    desk.page,
    access.page,
)
ENTERING = frozenset({"enter.enter", "enter.enter_team"})
"""Forms of those who have no session yet."""
LARGE = {"desk.look": desk.LARGEST}
"""Bytes of a form that has more in it than words."""
DOORS = ENTERING | {"enter.link", "enter.team_link", "enter.from_gateway"}
"""What a link leads to as well."""
