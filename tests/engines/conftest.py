"""Every engine we ship, for the contract they share."""

from __future__ import annotations

import pytest

from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.engine.protocol import Engine

NEVER_ANSWERS, NEVER_STARTS = "mute", "lame"
"""Services that fail on every engine: in memory because it is told so, else by their blueprint."""


@pytest.fixture(params=["memory", pytest.param("docker", marks=pytest.mark.engine)])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "docker":
        found: Engine = request.getfixturevalue("docker_engine")
        return found
    return MemoryEngine(broken=frozenset({NEVER_ANSWERS}), unstartable=frozenset({NEVER_STARTS}))
