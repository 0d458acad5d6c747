"""`watch` beside another verb: in a thread, for as long as that takes."""

from __future__ import annotations

from sandboxctl.cli import show
from sandboxctl.cli.session import Session
from sandboxctl.cli.watch import watch
from sandboxctl.console.errand import Errand
from sandboxctl.errors import SandboxError

EVERY, AGAIN = 5.0, 15.0


class Watching(Errand):
    """Looks after the den, unless somebody else does: then it takes over when they end."""

    def __init__(self, session: Session) -> None:
        super().__init__("watch")
        self._session = session

    def _run(self) -> None:
        said = ""
        while not self._over.is_set():
            try:
                watch(self._session, EVERY, self._over)
            except SandboxError as error:
                if str(error) != said:  # said once, and not for ever
                    said = str(error)
                    show.aside(self._session, f"Nobody watches from here: {said}")
                self._over.wait(AGAIN)
