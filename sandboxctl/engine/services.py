"""Things done to a service's inside: commands, data, and keeping its layer as an image."""

from __future__ import annotations

import contextlib
import json
import queue
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import docker
from docker.errors import APIError, ImageNotFound

from sandboxctl import clock
from sandboxctl.blueprint import beneath, folders
from sandboxctl.engine import flat, given, scrub
from sandboxctl.engine.carried import RAW
from sandboxctl.engine.containers import Containers
from sandboxctl.engine.piped import piped
from sandboxctl.engine.protocol import Answer, Note
from sandboxctl.engine.readiness import last_words
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import SandboxError
from sandboxctl.sandbox import labels, names
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.masking import Mask
from sandboxctl.sandbox.operations import Commit, Fill, RunOnce
from sandboxctl.sandbox.recipe import Container

CARRYING = ("carried", "snapshot")
"""Kinds of images that hold what was written in a sandbox, in layers of their own."""
NOBODY: Mapping[str, str] = {}
DEEPEST = 20
"""Layers that may lie between a service and its minute zero: an engine ends at about 125."""
LONGEST = 1800
"""Seconds a prepare command may take."""


class Services:
    """The insides of one den's services."""

    def __init__(self, api: docker.APIClient, den: Den, containers: Containers) -> None:
        self._api, self._den, self._containers = api, den, containers

    def run(
        self, sandbox: str, generation: int, service: str, argv: Sequence[str], stdin: bytes = b""
    ) -> Answer:
        """Run a command inside, as the service's own user."""
        return piped(self._api, self._name(sandbox, generation, service), argv, [stdin])

    def run_inside(self, sandbox: str, generation: int, service: str, argv: Sequence[str]) -> None:
        """The same while a baseline is made: SandboxError unless it exits with 0."""
        answer = self.run(sandbox, generation, service, argv)
        if answer.status:
            raise _failed(service, argv, answer.status, answer.output)

    def run_once(self, sandbox: str, operation: RunOnce, note: Note) -> None:
        """A container of its own for one command, gone afterwards; its layer may be kept."""
        runs, begins = self._instead(operation.image, operation.argv)
        container = operation.container.model_copy(update=runs)
        generation = operation.place.generation
        self._containers.remove(sandbox, generation, container.name)
        made = self._containers.start(sandbox, container, operation.place, operation.image)
        note(f"{container.name} runs {' '.join(operation.argv)}")
        status = self._api.wait(made, timeout=LONGEST)["StatusCode"]
        if status:
            said = "\n".join(last_words(self._api, made, lines=20)).encode()
            raise _failed(container.name, operation.argv, status, said)
        if operation.keep:
            container, key = operation.container, operation.place.blueprint
            self._commit(made, container, operation.keep, key, begins)
        self._containers.remove(sandbox, generation, container.name)

    def fill(self, sandbox: str, operation: Fill, note: Note) -> None:
        """Stream a script or a table into the command that loads it."""
        load = operation.load
        name = self._name(sandbox, operation.generation, load.service)
        if load.table and operation.data:
            from sandboxctl.engine import tables

            run = partial(piped, self._api, name)
            answer = tables.fill(run, load.command, operation.data, load.table, note)
        else:
            script = Path(load.script)
            content = beneath.content(script.parent, script.name, folders.LARGEST)
            answer = piped(self._api, name, load.command, [content])
        if answer.status:
            what = load.table or Path(load.script).name
            raise _failed(load.service, (f"loading {what}",), answer.status, answer.output)

    def commit(self, sandbox: str, operation: Commit, note: Note) -> None:
        """Keep a service's layer as an image; a pause makes it as consistent as a power cut."""
        container = operation.container
        name = self._name(sandbox, operation.generation, container.name)
        if operation.stop:
            note(f"{container.name} stops cleanly")
            self._api.stop(name, timeout=60)
        note(f"keeping {container.name} as {operation.tag}")
        told = ""
        if operation.data:
            from sandboxctl.engine import tables  # it is much to import, and few commands need it

            told = tables.certificate(operation.data)
        self._commit(name, container, operation.tag, operation.blueprint, told=told)

    def _instead(
        self, image: str, argv: Sequence[str]
    ) -> tuple[dict[str, tuple[str, ...] | None], list[str]]:
        """How to run a command in place of what an image starts with, so that a commit can begin
        as the image did: an empty ENTRYPOINT or CMD cannot be put back, so none is replaced."""
        config = self._api.inspect_image(image)["Config"]  # type: ignore[no-untyped-call]  # the stubs lack it
        words = {"ENTRYPOINT": config.get("Entrypoint"), "CMD": config.get("Cmd")}
        begins = [f"{word} {json.dumps(said)}" for word, said in words.items() if said]
        if words["ENTRYPOINT"]:
            return {"entrypoint": tuple(argv), "command": ()}, begins
        return {"entrypoint": None, "command": tuple(argv)}, begins

    def _commit(
        self,
        name: str,
        container: Container,
        tag: str,
        key: str,
        begins: Sequence[str] = (),
        told: str = "",
    ) -> None:
        """Keep a container's layer, with none of its secrets."""
        repository, _, version = tag.partition(":")
        changes, had, making = self.described(name, container, tag, key, begins, told)
        if self.layers_carried(name) + 1 >= DEEPEST:
            flat.kept(self._api, name, tag, [*changes, f'LABEL {labels.CARRIED}="0"'], had)
            return
        if making or not had:  # what a service is given while a baseline is made is no secret
            self._api.commit(name, repository, tag=version, pause=True, changes=changes)
            return
        # It has the secrets in it: whoever is interrupted here must be able to find it again.
        kept = f"{tag}{RAW}"
        with contextlib.suppress(ImageNotFound):
            self._api.remove_image(kept, force=True)
        self._api.commit(name, repository, tag=f"{version}{RAW}", pause=True, changes=changes)
        scrub.scrubbed(self._api, kept, tag, had.values())

    def described(
        self,
        name: str,
        container: Container,
        tag: str,
        key: str,
        begins: Sequence[str] = (),
        told: str = "",
        owner: Mapping[str, str] = NOBODY,
    ) -> tuple[list[str], dict[str, str], bool]:
        """What a commit has to change, the secrets to be taken out of it, and whether it is of a
        baseline. It inherits labels and environment: ours are overwritten, secrets blanked."""
        repository, _, version = tag.partition(":")
        kind = repository.partition("/")[2]
        written = {
            **(owner or dict.fromkeys(labels.ALL, "")),
            f"{labels.PREFIX}image": kind,
            f"{labels.PREFIX}key": version,
            labels.CREATED: clock.now().isoformat(),
            labels.BLUEPRINT: key,
            labels.SERVICE: container.name,
            labels.CERTIFICATE: told,
            labels.DISK: "",
            labels.SECRETS: "",
            labels.CARRIED: str(self.layers_carried(name) + 1) if kind in CARRYING else "",
        }
        written |= {f"{labels.PREFIX}parent": container.image} if kind in CARRYING else {}
        words = (f"LABEL {name}={json.dumps(value)}" for name, value in written.items())
        changes = [*begins, *words]
        seen = self._api.inspect_container(name)
        had = given.given(seen)
        changes += [f'ENV {secret}=""' for secret in sorted({*had, *container.secrets})]
        making = seen["Config"]["Labels"][labels.SANDBOX].startswith(names.BASELINE)
        return changes, had, making

    def layers_carried(self, name: str) -> int:
        """How many layers of what a container started from were carried over or kept."""
        image = self._api.inspect_container(name)["Image"]
        marks = self._api.inspect_image(image)["Config"].get("Labels")  # type: ignore[no-untyped-call]  # the stubs lack it
        return int((marks or {}).get(labels.CARRIED) or 0)

    def known(self, owners: Iterable[str]) -> dict[str, list[str]]:
        """Every secret that a container was given which carries one of these names."""
        found: dict[str, list[str]] = {}
        for owner in owners:
            marks = [f"{labels.DEN}={self._den.name}", f"{labels.SANDBOX}={owner}"]
            for name, values in given.of_sandbox(self._api, marks).items():
                found.setdefault(name, []).extend(values)
        return found

    def logs(
        self, sandbox: str, generation: int, services: Sequence[str], *, tail: int, follow: bool
    ) -> Iterator[tuple[str, str]]:
        """(service, line), service by service; as they come when following. Secrets are masked."""
        heard = self._logs(sandbox, generation, services, tail=tail, follow=follow)
        return Mask(self.known([sandbox])).lines(heard)

    def _logs(
        self, sandbox: str, generation: int, services: Sequence[str], *, tail: int, follow: bool
    ) -> Iterator[tuple[str, str]]:
        if not follow:
            for service in services:
                with in_our_words(f"reading what {service} said"):
                    text = self._api.logs(self._name(sandbox, generation, service), tail=tail)
                yield from ((service, line) for line in _lines([text]))
            return
        heard: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()

        def listen(service: str) -> None:
            name = self._name(sandbox, generation, service)
            with contextlib.suppress(APIError, OSError):
                for line in _lines(self._api.logs(name, tail=tail, stream=True, follow=True)):
                    heard.put((service, line))
            heard.put(None)

        for service in services:
            threading.Thread(target=listen, args=(service,), daemon=True).start()
        ended = 0
        while ended < len(services):
            found = heard.get()
            if found is None:
                ended += 1
            else:
                yield found

    def _name(self, sandbox: str, generation: int, service: str) -> str:
        return names.container(self._den.name, sandbox, generation, service)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode(errors="replace") for line in whole)
    if rest:
        yield rest.decode(errors="replace")


def _failed(service: str, argv: Sequence[str], status: int, output: bytes) -> SandboxError:
    words = output.decode(errors="replace").strip().splitlines()[-12:]
    quoted = "".join(f"\n    {line[:300]}" for line in words) or "\n    (it said nothing)"
    return SandboxError(
        f"{service}: {' '.join(argv)} ended with {status}:{quoted}",
        hint="Correct it in the blueprint's folder and run the command again; nothing was kept.",
    )
