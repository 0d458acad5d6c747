"""A console that is killed in the middle of a reset, or of a workshop: a process of its own.

``python -m tests.console.mortal DEN FOLDER ABOUT OPERATION [WISH]`` with the den's settings as
JSON, the folder of a store that there is, a sandbox to reset or a workshop to open (with what is
wanted as JSON, and its blueprint in the folder) or to close (with ``{}``), and the kind of
operation after which it is killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

from sandboxctl.console.task import Verb
from sandboxctl.console.work import Work
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.protocol import Note
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.operations import Operation
from tests import dens
from tests.console.rig import STORE, File


class Mortal(DockerEngine):
    """Dies as soon as something is done: nothing of this process can do anything any more."""

    after = ""

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        super().apply(sandbox, operation, note)
        if type(operation).__name__ == self.after:
            os.kill(os.getpid(), signal.SIGKILL)


def main(den: str, folder: str, about: str, after: str, wish: str = "") -> None:
    settings = Den.model_validate_json(den)

    def connect() -> DockerEngine:
        engine = Mortal(settings, dens.engine_url())
        engine.after = after
        return engine

    work = Work(File(Path(folder) / STORE), connect, settings, (Path(folder) / "catalogue",))
    work.begin()
    print(_asked(work, about, after, wish), flush=True)
    time.sleep(120)


def _asked(work: Work, about: str, after: str, wish: str) -> str:
    if not wish:
        return work.jobs.submit("reset", about, once=after, by="the team").reference
    args = json.loads(wish)
    verb: Verb = "open" if args else "close"
    return work.tasks.submit(verb, about, once=after, by="test", **args).reference


if __name__ == "__main__":
    main(*sys.argv[1:])
