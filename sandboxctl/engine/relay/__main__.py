"""JSON lines in on stdin, JSON lines out on stdout; one process for each controller.

A request is ``{"id": 1, "op": "lock", …}``; its answer ``{"id": 1, "ok": true, …}`` or
``{"id": 1, "ok": false, "error": "…"}``. Answers come in any order. When stdin ends, the
controller is gone: every lock it held is free at once, what it drains is drained to the end of
its grace, and then the process ends. The kernel frees the locks of one that is killed.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import changes, console, going, locks, maps, probe, store, times
from .admin import Admins
from .refused import Refused

VERSION = 3
FOLDER = Path(os.environ.get("DEN_FOLDER", "/den"))
OUTLIVES = "drain"
"""What goes on without its controller: visitors get their answers, and then nobody is left."""
_AGAIN = 0.01
"""Seconds between two reads of a page that is still another generation's."""


class Relay:
    """What one controller has asked for and not got yet, and the locks it holds."""

    def __init__(self) -> None:
        held = FOLDER / "state" / "locks"
        self.locks = locks.Locks(held)
        own = os.environ.get("DEN_SELF", "")
        self.maps = maps.Maps(FOLDER / "maps", held / ".maps", Admins(FOLDER / "run"), own)
        self.frontend = probe.Frontend(os.environ.get("DEN_EDGE", ""), "DEN_TLS" in os.environ)
        self._stops: dict[int, threading.Event] = {}
        self._outliving: list[threading.Thread] = []
        self._mouth, self._heard = threading.Lock(), True
        self._guard = threading.Lock()

    def hear(self, line: bytes) -> None:
        """Answers a request in a thread of its own."""
        request: dict[str, Any] = json.loads(line)
        number = int(request.pop("id"))
        stop = self._stops[number] = threading.Event()
        task = threading.Thread(target=self._serve, args=(number, request, stop), daemon=True)
        outlives = request.get("op") == OUTLIVES
        task.start()
        if outlives:
            self._outlives(task)

    def end(self) -> None:
        """Nobody listens any more: lets go of the locks, and ends what may not be cut off."""
        self._heard = False
        self.locks.end()
        for task in self._outliving:
            task.join()

    def _serve(self, number: int, request: dict[str, Any], stop: threading.Event) -> None:
        try:
            answer = {"ok": True, **self.answer(request.pop("op", None), request, stop)}
        except Refused as refused:
            answer = {"ok": False, "error": str(refused)}
        except Exception as bug:  # noqa: BLE001 - the controller hears of it, whatever it is
            answer = {"ok": False, "error": f"{type(bug).__name__}: {bug}"}
        finally:
            del self._stops[number]
        if not self._heard:
            return
        text = json.dumps({"id": number, **answer}, separators=(",", ":")) + "\n"
        with self._mouth:
            sys.stdout.write(text)
            sys.stdout.flush()

    def answer(self, op: object, args: dict[str, Any], stop: threading.Event) -> dict[str, Any]:
        """Carries out one request; ``args`` are the keyword arguments of what does it."""
        state = FOLDER / "state"
        match op:
            case "hello":
                return {"version": VERSION, **self.maps.repair(state)}
            case "read":
                return {"state": store.read(state)}
            case "record":
                return self._record(state, **args)
            case "glance":
                return going.glance(state, **args)
            case "arrive":
                return self._arrive(state, **args)
            case "live":
                return self._live(state, **args)
            case "part":
                return {"state": store.part(state, **args)}
            case "decide":
                return store.decide(state, **args)
            case "approvals":
                return {"state": store.approvals(state)}
            case "approve":
                return store.approve(state, **args)
            case "keep":
                return store.keep(state / "recipes", **args)
            case "kept":
                return {"text": store.kept(state / "recipes", **args)}
            case "sweep":
                return store.sweep(state, **args)
            case "times":
                return times.times(**args)
            case "lock":
                return self.locks.take(**args, stop=stop)
            case "unlock":
                return self.locks.free(**args)
            case "wait":
                return probe.wait(**args, stop=stop)
            case "fetch":
                return self.frontend.fetch(**args)
            case "routes":
                return self.maps.routes(state, **args)
            case "drain":
                return self.maps.drain(**args, stop=stop)
            case "retire":
                done = self.maps.retire(**args, stop=stop)
                changes.keep(state, self.maps.admins, str(args["name"]))
                return done
            case "bury":
                return self.maps.bury(**args)
            case "console":
                done = console.claim(state, **args)
                self.maps.announce(state)
                return done
            case "changes":
                return changes.counted(state, self.maps.admins)
            case "held":
                return {"held": locks.held(state / "locks")}
            case "cancel":
                return self._cancel(**args)
            case _:
                raise Refused(f"this den's relay does not know {op!r}")

    def _record(self, state: Path, sandbox: str, record: object) -> dict[str, Any]:
        """What is decided of a sandbox holds its key: the gateway follows at once."""
        done = store.record(state, sandbox, record)
        self.maps.admit(state)
        if record is None:
            changes.forget(state, self.maps.admins, sandbox)
        return done

    def _live(
        self,
        state: Path,
        sandbox: str,
        record: object,
        recipe: tuple[str, str],
        spare: str,
        hosts: dict[str, str],
        routes: dict[str, str],
    ) -> dict[str, Any]:
        """State first, then the gateway: after a crash between the two, the next controller's
        greeting mends it."""
        self.maps.check(state, sandbox, hosts, routes)
        ways = {"hosts": hosts, "routes": routes}
        done = going.live(state, sandbox, record, recipe, spare, ways)
        if not done["taken"]:
            self.maps.steer(state)
            if done["rekeyed"]:
                self.maps.admit(state)
            self._beside(self.maps.save, state)
        return done

    def _arrive(
        self, state: Path, sandbox: str, generation: int, patience: float, **page: Any
    ) -> dict[str, Any]:
        """A read through the gateway, until it is of this generation; as somebody of the team."""
        key = store.as_object(store.read(state).get(sandbox)).get("key")
        cookie, wanted = f"den_{sandbox}={key}" if key else "", f"{sandbox}/{generation}"
        end = time.monotonic() + patience
        while True:
            left = max(0.1, end - time.monotonic())
            seen = self.frontend.fetch(cookie=cookie, patience=left, **page)
            if seen["target"] == wanted or time.monotonic() > end:
                return {"status": seen["status"], "target": seen["target"]}
            time.sleep(_AGAIN)

    def _beside(self, task: Callable[..., object], *args: object) -> None:
        """Done after the answer, and before this process ends: nobody has to wait for it."""
        thread = threading.Thread(target=task, args=args, daemon=True)
        thread.start()
        self._outlives(thread)

    def _outlives(self, thread: threading.Thread) -> None:
        with self._guard:
            self._outliving = [*filter(threading.Thread.is_alive, self._outliving), thread]

    def _cancel(self, request: int) -> dict[str, Any]:
        stop = self._stops.get(request)
        if stop:
            stop.set()
        return {"cancelled": stop is not None}


def main() -> None:
    # The default stack of 8 MiB for each of a hundred waits would not fit the container's memory.
    threading.stack_size(256 * 1024)
    relay = Relay()
    for line in sys.stdin.buffer:
        relay.hear(line)
    relay.end()
    os._exit(0)


if __name__ == "__main__":
    main()
