"""One poller completes all waits: no worker sleeps, and a service that dies is noticed at once."""

from __future__ import annotations

import selectors
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import docker

from sandboxctl.engine.ended import why
from sandboxctl.engine.given import masked
from sandboxctl.engine.line import Line
from sandboxctl.engine.streams import Stream
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import NotReady, SandboxError
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.operations import WaitReady
from sandboxctl.sandbox.recipe import Probe

LOOK = 0.25
"""Seconds between two looks at whether the containers still run: one call for all of them."""
SHARE = 9
"""A look that takes long is followed by a pause of so many times its length: an engine that has
much to show has other things to do."""

SETTLED = 0.3
"""A service without a health check counts as ready when it ran this many seconds."""

SLOW = "A slow start needs a longer healthcheck.start_period."
ENDED = "Read its last lines above, and mend the program."
"""What helps where a program ran and did not answer, and where it ended."""

_LOOP = (
    'end=$(( $(date +%s) + $1 )); shift; while [ "$(date +%s)" -lt "$end" ]; do '
    'out=$("$@" 2>&1) && exit 0; printf "%s\\n" "$out"; sleep 0.1; done; exit 124'
)


@dataclass(eq=False)
class Waiting:
    """One service somebody waits for. ``heard`` is what its own test last said."""

    sandbox: str
    operation: WaitReady
    container: str
    future: Future[None]
    since: float = field(default_factory=time.monotonic)
    heard: str = ""
    exec_id: str = ""
    cancel: Callable[[], None] = lambda: None

    @property
    def probe(self) -> Probe:
        return self.operation.container.probe


class Readiness:
    """The poller. Its thread lives while somebody waits."""

    def __init__(
        self, api: docker.APIClient, den: Den, ours: dict[str, Any], line: Callable[[], Line]
    ) -> None:
        self._api, self._den, self._ours, self._line = api, den, ours, line
        self._waiting: list[Waiting] = []
        self._change = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._thread: threading.Thread | None = None

    def watch(self, waiting: Waiting) -> None:
        """Complete ``waiting.future`` when the service answers, died, or its time is over.

        `test` probes are asked here; for `http` and `tcp` the line completes the future, and
        the poller only looks whether the container still runs."""
        if waiting.probe.kind == "test":
            self._ask_inside(waiting)
        elif waiting.probe.kind != "running":
            self._ask_over_the_line(waiting)
        with self._change:
            self._waiting.append(waiting)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._poll, name="readiness", daemon=True)
                self._thread.start()

    def _ask_inside(self, waiting: Waiting) -> None:
        """One exec that loops inside the service: a one-shot exec costs 60 ms each time."""
        within = str(round(waiting.probe.within))
        argv = ["sh", "-c", _LOOP, "sh", within, *waiting.probe.argv]
        with in_our_words(f"asking {waiting.operation.container.name} whether it is ready"):
            waiting.exec_id = self._api.exec_create(waiting.container, argv)["Id"]
            stream = Stream(self._api.exec_start(waiting.exec_id, socket=True))
        self._selector.register(stream, selectors.EVENT_READ, waiting)

    def _ask_over_the_line(self, waiting: Waiting) -> None:
        probe, line = waiting.probe, self._line()
        asked = line.begin(
            "wait",
            kind=probe.kind,
            address=waiting.operation.address,
            port=probe.port,
            path=probe.path,
            host=self._den.host(waiting.sandbox),
            deadline=probe.within,
            patience=probe.timeout,
        )
        waiting.cancel = lambda: line.cancel(asked)

        def heard(answer: Future[dict[str, Any]]) -> None:
            try:
                found = answer.result()
            except SandboxError as error:
                settle(waiting.future, error)
                return
            if found["ready"]:
                settle(waiting.future, None)
            elif found["reason"] != "cancelled":
                why = f"did not answer within {probe.within:g} s: {found['reason']}"
                # it reads logs, and the thread that calls us must go on reading the line
                threading.Thread(
                    target=lambda: settle(waiting.future, self.not_ready(waiting, why))
                ).start()

        asked.add_done_callback(heard)

    def _poll(self) -> None:
        due = 0.0
        while True:
            with self._change:
                self._waiting = [one for one in self._waiting if not one.future.done()]
                if not self._waiting:
                    self._thread = None
                    return
                waiting = list(self._waiting)
            try:
                self._listen()
                if (began := time.monotonic()) >= due:
                    self._look(waiting)
                    took = time.monotonic() - began
                    due = began + took + max(LOOK, SHARE * took)
            except SandboxError as error:
                for one in waiting:
                    settle(one.future, error)

    def _listen(self) -> None:
        if not self._selector.get_map():
            time.sleep(0.05)
            return
        for key, _ in self._selector.select(timeout=0.05):
            stream, waiting = key.fileobj, key.data
            assert isinstance(stream, Stream)
            said = stream.read()
            if said is not None:
                waiting.heard = (waiting.heard + said.decode(errors="replace"))[-2000:]
                continue
            self._selector.unregister(stream)
            stream.close()
            self._ended(waiting)

    def _ended(self, waiting: Waiting) -> None:
        """The loop inside is over: ready, out of time, or it could not run at all."""
        with in_our_words("asking how a health check ended"):
            status = self._api.exec_inspect(waiting.exec_id)["ExitCode"]
        if status == 0:
            settle(waiting.future, None)
        elif status == 124:
            self._fail(waiting, f"did not become ready within {waiting.probe.within:g} s")
        elif self._runs(waiting.container):
            why = f"has a health check that cannot run (exit {status})"
            self._fail(waiting, why, "Its `test` has to be a command that works in its image.")

    def _look(self, waiting: list[Waiting]) -> None:
        with in_our_words("looking whether services still run"):
            found = self._api.containers(all=True, filters=self._ours)
        states = {one["Names"][0].lstrip("/"): one for one in found}
        for one in waiting:
            if one.future.done():
                continue
            state = states.get(one.container, {"State": "removed", "Status": "removed"})
            if state["State"] in ("exited", "dead", "removed"):
                self._fail(one, f"ended while it started: {why(self._api, one.container)}")
            elif one.probe.kind == "running" and state["State"] == "running":
                if time.monotonic() - one.since >= SETTLED:
                    settle(one.future, None)
            elif time.monotonic() - one.since > one.probe.within + 5:
                self._fail(one, f"did not become ready within {one.probe.within:g} s")

    def _runs(self, container: str) -> bool:
        with in_our_words("looking whether a service still runs"):
            return bool(self._api.inspect_container(container)["State"]["Running"])

    def _fail(self, waiting: Waiting, why: str, advice: str = "") -> None:
        waiting.cancel()
        settle(waiting.future, self.not_ready(waiting, why, advice))

    def not_ready(self, waiting: Waiting, why: str, advice: str = "") -> NotReady:
        """What happened, the question it did not answer, and the service's own last words.

        ``advice`` is what helps; without, it depends on whether the program ran all the time."""
        name = waiting.operation.container.name
        probe = "" if waiting.probe.kind == "running" else f" (asked: {waiting.probe})"
        words_heard = masked(self._api, waiting.container, waiting.heard.strip().splitlines())
        heard = words_heard[-1] if words_heard else ""
        words = last_words(self._api, waiting.container)
        said = f"; the check said: {heard}" if heard else ""
        quoted = "".join(f"\n    {line}" for line in words) or "\n    (nothing)"
        return NotReady(
            f"{name} {why}{probe}{said}\n  its last log lines:{quoted}",
            hint=f"{advice or self._advice(waiting)} "
            f"`sandboxctl logs {waiting.sandbox} {name}` shows more.",
        )

    def _advice(self, waiting: Waiting) -> str:
        try:
            with in_our_words("looking whether a service ended"):
                seen = self._api.inspect_container(waiting.container)
        except SandboxError:
            return ENDED
        return SLOW if seen["State"]["Running"] and not seen["RestartCount"] else ENDED


def last_words(api: docker.APIClient, container: str, lines: int = 8) -> list[str]:
    """The last log lines of a container; none if it is gone."""
    try:
        with in_our_words("reading the last log lines"):
            text = api.logs(container, tail=lines, stdout=True, stderr=True)
    except SandboxError:
        return []
    found = [line for line in text.decode(errors="replace").splitlines() if line.strip()]
    return [line[:300] for line in masked(api, container, found)]


def settle(future: Future[None], error: SandboxError | None) -> None:
    """Complete a future unless somebody was faster."""
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
