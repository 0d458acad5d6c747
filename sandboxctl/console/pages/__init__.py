"""The pages of the console, one module for each; a new one is one line here."""

from __future__ import annotations

from sandboxctl.console.pages import enter, job, start, team, wall

ALL = (start.page, enter.page, team.page, job.page, wall.page)
ENTERING = frozenset({"enter.enter", "enter.enter_team"})
"""Forms of those who have no session yet."""
