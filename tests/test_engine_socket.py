"""What nobody answers leaves no socket open."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path

import pytest

from sandboxctl.engine.client import connected
from sandboxctl.errors import EngineError


def test_an_engine_that_is_away_costs_no_socket(tmp_path: Path) -> None:
    gc.collect()
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", ResourceWarning)
        with pytest.raises(EngineError, match="no Docker Engine answers"):
            connected(f"unix://{tmp_path}/none.sock")
        gc.collect()
    assert [str(one.message) for one in heard] == []
