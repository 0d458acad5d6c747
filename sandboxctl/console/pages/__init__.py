"""The pages of the console, one module for each; a new one is one line here."""

from __future__ import annotations

from sandboxctl.console.pages import closing, desk, enter, job, opening, start, task, team, wall

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
)
ENTERING = frozenset({"enter.enter", "enter.enter_team"})
"""Forms of those who have no session yet."""
LARGE = {"desk.look": desk.LARGEST}
"""Bytes of a form that has more in it than words."""
