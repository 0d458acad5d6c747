"""A console's work for each test, on a den in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.rig import Rig


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """Nothing works yet: `rig.work.begin()`."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    found = Rig(tmp_path)
    yield found
    found.work.end()


@pytest.fixture
def busy(rig: Rig) -> Rig:
    """One that works, with one team."""
    rig.up()
    rig.work.begin()
    return rig
