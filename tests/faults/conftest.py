"""One den behind a proxy for each module of tests."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import pytest

from tests import dens
from tests.faults.rig import Rig, rig


@pytest.fixture(scope="module")
def den(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with contextlib.ExitStack() as entered:
        with dens.or_without_daemon(ci="CI" in os.environ):
            one = entered.enter_context(rig(tmp_path_factory.mktemp("den")))
        yield one
