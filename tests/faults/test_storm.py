"""What sandboxes took they give back; `python -m tests.benchmarks storm` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import dens
from tests.faults.storm import held, settled, storm

pytestmark = pytest.mark.engine


def test_after_sandboxes_came_and_went_nothing_is_held_that_was_not(tmp_path: Path) -> None:
    engine, api = dens.opened()
    try:
        storm(engine, tmp_path / "idle", 3, 1)  # what is kept for all later ones
        before = held(engine, api)
        assert storm(engine, tmp_path / "idle", 4, 3) == 3
        settled(engine, api, before)
        assert held(engine, api).more_than(before) == {}
    finally:
        dens.closed(engine, api)
