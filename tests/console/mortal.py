"""A console that is killed in the middle of a reset: run as a process of its own.

``python -m tests.console.mortal DEN FOLDER SANDBOX OPERATION`` with the den's settings as JSON, the
folder of a store that there is, and the kind of operation after which it is killed.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

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


def main(den: str, folder: str, sandbox: str, after: str) -> None:
    settings = Den.model_validate_json(den)

    def connect() -> DockerEngine:
        engine = Mortal(settings, dens.engine_url())
        engine.after = after
        return engine

    work = Work(File(Path(folder) / STORE), connect, settings)
    work.begin()
    job = work.jobs.submit("reset", sandbox, once=after, by="the team", seen_generation=None)
    print(job.reference, flush=True)
    time.sleep(120)


if __name__ == "__main__":
    main(*sys.argv[1:])
