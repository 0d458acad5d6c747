"""The engine, as something that runs for days has it: opened once, and again after it was away."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError, Held, SandboxError


class Reach:
    """One open engine for many threads. ``connect`` opens another; EngineError where it is away.
    ``lasts`` as of the engine that was opened last."""

    def __init__(self, connect: Callable[[], Engine]) -> None:
        self._connect = connect
        self._guard = threading.Lock()
        self._engine: Engine | None = None
        self._users, self._doubted, self._over = 0, False, False
        self.lasts = False

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """The engine, for as long as one thing takes. After an EngineError it is closed once
        nobody uses it, and the next one opens another: what was lost may be back."""
        with self._guard:
            if self._over:  # whoever is late must not open another that nobody closes
                raise EngineError("the console has ended", hint="Start it again.")
            if self._engine is None:
                self._engine, self._doubted = self._connect(), False
                self.lasts = self._engine.lasts
            self._users += 1
            found = self._engine
        try:
            yield found
        except EngineError as error:
            self._doubted = self._doubted or not isinstance(error, Held)
            raise
        finally:
            with self._guard:
                self._users -= 1
                if self._doubted and not self._users:
                    self._hang_up()

    def close(self) -> None:
        """For good."""
        with self._guard:
            self._over = True
            self._hang_up()

    def _hang_up(self) -> None:
        found, self._engine = self._engine, None
        if found is not None:
            with contextlib.suppress(SandboxError, OSError):
                found.close()
