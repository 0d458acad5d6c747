"""Snapshots on a Docker daemon: everything stands still, is kept in parallel, and goes on.

A container that is paused already is committed as it is; `pause` of the commit itself would only
hold up one service at a time (Docker Engine API 1.41, `POST /commit`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import docker
from docker.errors import APIError, NotFound

from sandboxctl import clock
from sandboxctl.engine import kept, scrub
from sandboxctl.engine.decided import Decided
from sandboxctl.engine.protocol import Note
from sandboxctl.engine.services import DEEPEST, Services
from sandboxctl.errors import SandboxError
from sandboxctl.sandbox import labels, names
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.keeping import RemoveSnapshots, TakeSnapshot, WriteSnapshots
from sandboxctl.sandbox.labels import Owner
from sandboxctl.sandbox.recipe import Container

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is to be kept of a service: its container, the tag, what the commit changes, and the
    secrets that must not be in it."""

    container: str
    tag: str
    changes: list[str]
    secrets: Mapping[str, str]


class Snapshots:
    """The snapshots of one den."""

    def __init__(
        self, api: docker.APIClient, den: Den, services: Services, decided: Decided
    ) -> None:
        self._api, self._den, self._services, self._decided = api, den, services, decided

    def apply(
        self, sandbox: str, operation: TakeSnapshot | WriteSnapshots | RemoveSnapshots, note: Note
    ) -> None:
        match operation:
            case TakeSnapshot():
                self._take(sandbox, operation, note)
            case WriteSnapshots(snapshots):
                line = self._decided.line()
                stored = line.ask("read")["state"].get(sandbox)
                if stored is not None:
                    told = [one.model_dump(mode="json") for one in snapshots]
                    line.ask("record", sandbox=sandbox, record={**stored, "snapshots": told})
            case RemoveSnapshots(keep):
                self._remove(sandbox, keep)

    def _take(self, home: str, operation: TakeSnapshot, note: Note) -> None:
        """What can be done before and after is done before and after: while it is committed,
        nobody is answered."""

        def named(service: str) -> str:
            return names.container(self._den.name, home, operation.generation, service)

        for container in operation.containers:
            if self._services.layers_carried(named(container.name)) >= DEEPEST:
                raise SandboxError(
                    f"{container.name} of {operation.sandbox} was kept and carried over {DEEPEST} "
                    "times since its minute zero; an engine keeps no more layers than that",
                    hint=f"`sandboxctl reset {operation.sandbox}` begins again without them.",
                )
        found = [self._described(named(one.name), one, operation) for one in operation.containers]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            note("everything stands still")
            with self._still([named(one) for one in operation.still], pool):
                made = list(pool.map(self._commit, found))
            note("everything goes on")
            for job in [pool.submit(self._finish, *one) for one in zip(made, found, strict=True)]:
                job.result()

    def _described(self, name: str, container: Container, operation: TakeSnapshot) -> _Kept:
        owner = Owner(
            self._den.name,
            self._decided.install(),
            clock.now(),
            kind=kept.SNAPSHOT,
            sandbox=operation.sandbox,
            generation=operation.generation,
            service=container.name,
            blueprint=operation.blueprint,
        )
        tag = operation.images[container.name]
        changes, secrets, _ = self._services.described(
            name, container, tag, operation.blueprint, owner=owner.labels()
        )
        return _Kept(name, tag, changes, secrets)

    def _commit(self, one: _Kept) -> str:
        """Without a name: what is not finished is nobody's, and its labels say whose it was."""
        made = self._api.commit(one.container, pause=False, changes=one.changes)
        return str(made["Id"])

    def _finish(self, image: str, one: _Kept) -> None:
        if one.secrets:
            scrub.scrubbed(self._api, image, one.tag, one.secrets.values())
        else:
            repository, _, version = one.tag.partition(":")
            self._api.tag(image, repository, version)

    @contextlib.contextmanager
    def _still(self, containers: Collection[str], pool: ThreadPoolExecutor) -> Iterator[None]:
        """All stand still in here, and all go on afterwards, also those that stood still before."""
        try:
            jobs = [pool.submit(self._pause, one) for one in containers]
            wait(jobs)  # nobody may be stopped after somebody was let go on
            for job in jobs:
                job.result()
            yield
        finally:
            list(pool.map(self._go_on, containers))

    def _pause(self, container: str) -> None:
        try:
            self._api.pause(container)
        except APIError:
            if self._condition(container) == "running":
                raise

    def _go_on(self, container: str) -> None:
        try:
            self._api.unpause(container)
        except APIError:
            if self._condition(container) == "paused":
                raise

    def _condition(self, container: str) -> str:
        try:
            return str(self._api.inspect_container(container)["State"]["Status"])
        except NotFound:
            return "gone"

    def _remove(self, sandbox: str, keep: Collection[str]) -> None:
        marks = {
            labels.DEN: self._den.name,
            labels.INSTALL: self._decided.install(),
            labels.SANDBOX: sandbox,
            labels.KIND: kept.SNAPSHOT,
        }
        wanted = [f"{key}={value}" for key, value in marks.items()]
        for image in self._api.images(filters={"label": wanted}):
            tags = [tag for tag in image["RepoTags"] or () if tag != "<none>:<none>"]
            for tag in tags:
                if tag not in keep:
                    kept.gone(self._api, tag)
            if not tags:
                kept.forget_nameless(self._api, image["Id"])
