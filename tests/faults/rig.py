"""A den behind the proxy: a sandbox to break, another that must not notice, and commands."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import docker

from sandboxctl.engine import gateway
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.sandbox.den import Den
from tests import conftest, dens, pipeline, prototypes
from tests.faults import proxy
from tests.faults.canaries import Canaries
from tests.faults.proxy import Call, Fault, How, Proxy
from tests.visitor import Visitor, key_of

SOCKET = "/var/run/docker.sock"
NAME, VICTIM, WORKSHOP = "demo", "victim", "many"
LONGEST = 180
"""Seconds a command may take, whatever goes wrong on its way."""


def new_edition() -> str:
    """A text that no baseline has been made with; YAML must not take it for a number."""
    return f"edition-{secrets.token_hex(4)}"


@dataclass(frozen=True)
class Ran:
    """How a command ended, and all that it said."""

    code: int
    said: str

    @property
    def was_killed(self) -> bool:
        return self.code < 0


@dataclass
class Rig:
    """``home`` is the controller's own: settings and ledger. ``edition`` names the baseline."""

    engine: DockerEngine
    api: docker.APIClient
    proxy: Proxy
    home: Path
    canaries: Canaries
    is_far: bool = False
    """Whether the gateway's port cannot be reached from here, but only over its line."""
    edition: str = field(default_factory=new_edition)
    greeting: str = "hello"

    @property
    def den(self) -> Den:
        return self.engine.den

    @property
    def environment(self) -> Mapping[str, str]:
        own = {"XDG_CONFIG_HOME": str(self.home), "XDG_STATE_HOME": str(self.home)}
        return {**os.environ, **own, "SANDBOXCTL_DEN": self.den.name}

    @property
    def has_den(self) -> bool:
        """Whether its gateway's state is there."""
        return gateway.install(self.api, self.den) is not None

    def mend_gateway(self) -> None:
        """As any command does that changes something: where the engine could not start it again."""
        self.engine.close()
        if self.has_den:
            self.engine.enter(lambda _: None)

    def document(self) -> prototypes.Document:
        """`web` keeps nothing; `book` starts with a note in it, and keeps what is added."""
        document = prototypes.notebook()
        web, book = document["services"]["web"], document["services"]["book"]
        web["environment"] = {"GREETING": self.greeting}
        document["secrets"] = {"KEY": {"generate": 24}}
        book["secrets"] = ["KEY"]
        book["prepare"] = [["python3", "app.py", "--note", "minute zero"]]
        book["environment"] = {"EDITION": self.edition, "GREETING": "a book"}
        return document

    @property
    def folder(self) -> Path:
        """The blueprint as it is to be now."""
        return prototypes.written(self.home / "blueprint", self.document())

    @property
    def closable(self) -> Path:
        """A blueprint whose images nobody else on this engine has, so that they go with it."""
        made = prototypes.written(self.home / "closable", self.document())
        with (made / "app" / "app.py").open("a") as program:
            program.write(f"# {self.den.name}\n")
        return made

    def run(
        self,
        *words: str,
        through: bool = True,
        home: Path | None = None,
        state: Path | None = None,
    ) -> Ran:
        """The command line to its end, over the proxy or past it; ``home`` and ``state`` where
        its settings and its ledger are, if not the rig's own."""
        with self.begun(*words, through=through, home=home, state=state) as process:
            return ended(process)

    @contextlib.contextmanager
    def begun(
        self,
        *words: str,
        through: bool = True,
        home: Path | None = None,
        state: Path | None = None,
    ) -> Iterator[subprocess.Popen[bytes]]:
        """The command line beside the test."""
        own = {"XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)} if home else {}
        own |= {"XDG_STATE_HOME": str(state)} if state else {}
        own |= {"DOCKER_HOST": self.proxy.url if through else f"unix://{self.proxy.daemon}"}
        heard = self.home / f"heard-{secrets.token_hex(4)}"
        with heard.open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, "-m", "sandboxctl", *words, "--plain", "--yes"],
                env={**self.environment, **own},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def struck(
        self, call: Call, how: How, *words: str, act: Callable[[], None] | None = None
    ) -> tuple[Ran, bool]:
        """The command with one call gone wrong; whether it came to that call. ``act`` is what
        happens then, in place of its end."""
        running: list[int] = []

        def pid() -> int:
            while not running:
                time.sleep(0.001)
            return running[0]

        fault = Fault(call, how, act or proxy.kill(pid))
        self.proxy.begin(fault)
        with self.begun(*words) as process:
            running.append(process.pid)
            return ended(process), fault.struck.is_set()

    def calls(self, *words: str) -> list[Call]:
        """What a command that succeeds asks of the engine."""
        self.proxy.begin()
        ran = self.run(*words)
        assert ran.code == 0, ran.said
        return list(self.proxy.calls)

    def visitor(self, sandbox: str = NAME, service: str | None = None) -> Visitor:
        return Visitor(self.den, sandbox, service, key_of(self.engine, sandbox))

    def up(self) -> None:
        """Past the proxy, in this process."""
        outcome = pipeline.try_up(self.engine, self.folder, NAME)
        assert not outcome.failed, outcome.why

    def down(self) -> None:
        pipeline.down(self.engine, NAME)

    def read(self, path: str = "/", sandbox: str = NAME) -> tuple[int, str]:
        """Status and text of a page, through the gateway, as somebody of the team sees it."""
        if self.is_far:
            answer = self.engine.fetch(sandbox, path)
            return answer.status, answer.output.decode()
        page = self.visitor(sandbox).get(path)
        return page.status, page.body

    def write(self, line: str, sandbox: str = NAME) -> None:
        """As somebody of the team does."""
        if self.is_far:
            add = ["sh", "-c", 'echo "$0" >> /data/lines', line]
            assert self.engine.run(sandbox, "book", add).status == 0
        else:
            assert self.visitor(sandbox).send("/book", line.encode()).status == 200

    @property
    def lines(self) -> list[str]:
        return self.lines_of(NAME)

    def lines_of(self, sandbox: str) -> list[str]:
        return self.read("/book/lines", sandbox)[1].split("\n")[:-1]

    def forget_baseline(self) -> None:
        """Another edition: the next `up` has to make minute zero anew."""
        for image in self._baselines():
            with contextlib.suppress(docker.errors.APIError):  # something still runs from it
                self.api.remove_image(image, force=True)
        self.edition = new_edition()

    def _baselines(self) -> list[str]:
        found = []
        for image in self.api.images(filters={"label": "org.sandboxctl.image=baseline"}):
            with contextlib.suppress(docker.errors.NotFound):
                seen = self.api.inspect_image(image["Id"])  # type: ignore[no-untyped-call]
                if f"EDITION={self.edition}" in (seen["Config"]["Env"] or ()):
                    found.append(str(image["Id"]))
        return found


def ended(process: subprocess.Popen[bytes]) -> Ran:
    """Waits for it; AssertionError if it takes for ever."""
    name = Path(f"/proc/{process.pid}/fd/1")
    heard = name.readlink() if name.exists() else None
    try:
        code = process.wait(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        said = heard.read_text(errors="replace") if heard else ""
        raise AssertionError(f"it never ended; it said:\n{said}") from None
    return Ran(code, heard.read_text(errors="replace") if heard else "")


@contextlib.contextmanager
def rig(folder: Path, *, alone: bool = False) -> Iterator[Rig]:
    """A den of its own with the second sandbox up; nothing of it is left afterwards."""
    engine, api = dens.opened()
    conftest.write_settings(folder, engine.den)
    with proxy.proxy(folder / "docker.sock", SOCKET) as between, Canaries(api) as canaries:
        one = Rig(engine, api, between, folder, canaries)
        try:
            if not alone:
                page = prototypes.notebook("victim")
                pipeline.up(engine, prototypes.written(folder / "victim", page), VICTIM)
                one.visitor(VICTIM).send("/book", b"mine")
            yield one
        finally:
            engine.close()
            dens.closed(engine, api)
            with contextlib.closing(docker.APIClient(version="auto")) as last:
                one.api = last
                one.forget_baseline()
