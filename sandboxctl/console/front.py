"""The pages' process: it listens, shows and asks, and has no engine.

    python -m sandboxctl.console.front

reads what it is to show from its standard input, one line of JSON (`Shown`), says ``ready`` on its
standard output, and ends when that input does: with who started it, however that ends.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import socket
import sys
import threading
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from sandboxctl.console import access, arenas, fence, store
from sandboxctl.console.access import Access
from sandboxctl.console.console import Console
from sandboxctl.console.far import Far
from sandboxctl.console.line import Lines
from sandboxctl.console.listening import OF_AN_ADDRESS, Listener
from sandboxctl.console.shown import Shown
from sandboxctl.console.web import headers, made
from sandboxctl.console.words import read
from sandboxctl.sandbox.den import Den

PATIENCE = 10.0
"""Seconds for which what is being answered is waited for at the end."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: who started us ends us
    shown = Shown(**json.loads(sys.stdin.readline()))
    arenas.few()
    fence.close()  # before there are threads: it holds for those that begin afterwards
    listener = _listener(shown)
    running = threading.Thread(target=_run, args=(listener,), name="web", daemon=True)
    running.start()
    print("ready", flush=True)
    with contextlib.suppress(OSError):
        sys.stdin.read()
    listener.task_dispatcher.shutdown(timeout=PATIENCE)  # first: what answers needs the sockets
    os._exit(0)  # what still waits for an answer waits for who is gone


def _listener(shown: Shown) -> Listener:
    logging.getLogger("waitress").setLevel(logging.ERROR)
    den = Den.model_validate_json(shown.den)
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    lines = Lines(Connection(one) for one in shown.lines)
    console = Console(
        Far(lines, den, tuple(map(Path, shown.folders))),
        Access(store.File(store.path(den.name), access.SCHEMA)),
        read("en", zone),
        frozenset(shown.hosts),
        tls=shown.tls,
        url=shown.url,
    )
    return Listener(
        made(console),
        socket.socket(fileno=shown.listening),
        headers=headers(tls=shown.tls),
        known=console.may_upload,
        each=None if shown.tls else OF_AN_ADDRESS,
    )


def _run(listener: Listener) -> None:
    try:
        listener.run()
    except BaseException:
        logging.getLogger(__name__).exception("pages cannot be shown any more")
        os._exit(1)


if __name__ == "__main__":
    main()
