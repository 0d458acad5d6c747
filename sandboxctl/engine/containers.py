"""Containers of generations: made confined, read back, started, stopped, removed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import docker
from docker.errors import APIError, ImageNotFound, NotFound

from sandboxctl import clock
from sandboxctl.engine import egress, kept, means, readback
from sandboxctl.engine.carried import CARRIED, Carried
from sandboxctl.engine.hardening import Identity, body
from sandboxctl.engine.images import Images
from sandboxctl.engine.look import is_ours
from sandboxctl.engine.means import Means
from sandboxctl.errors import EngineError, SandboxError
from sandboxctl.sandbox import names
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.labels import Owner
from sandboxctl.sandbox.operations import Place
from sandboxctl.sandbox.recipe import Container

SNAPSHOT = "sandboxctl/snapshot"


class Containers:
    """The containers of one den. ``install`` gives its id once the den is entered."""

    def __init__(
        self, api: docker.APIClient, den: Den, images: Images, install: Callable[[], str]
    ) -> None:
        self._api, self._den, self._images, self._install = api, den, images, install
        self._means: Means | None = None
        self._carried = Carried(api, den)

    def start(self, sandbox: str, container: Container, place: Place, image: str) -> str:
        """Create, read back, start, look again; its id. One that is there already is started."""
        name = names.container(self._den.name, sandbox, place.generation, container.name)
        commanded = bool(container.command or container.entrypoint)
        self._images.accept(image, commanded=commanded)
        asked = body(container, place, self._identity(name, sandbox, container, place, image))
        if container.ways_out:
            asked = egress.opened(asked, container, place, self._den)
        if image != container.image:
            asked |= self._as_from(container.image, image, asked)
        beside = (f"{self._den.name}-{egress.KIND}",) if container.ways_out else ()
        made = self._create(name, container, image, asked, beside)
        if container.ways_out:
            egress.connect(self._api, self._den, self._install(), made)
        self._start(made, container.name)
        self._kept_to(made, lambda seen: readback.running(asked, seen, beside))
        return made

    def _create(
        self,
        name: str,
        container: Container,
        image: str,
        asked: dict[str, Any],
        beside: tuple[str, ...],
    ) -> str:
        """A container that is confined as asked, or none at all."""
        try:
            made = self._api.create_container_from_config(  # type: ignore[no-untyped-call]  # the stubs lack it
                asked, name=name
            )
        except ImageNotFound:
            raise EngineError(
                f"{container.name} starts from {image}, which is not here",
                hint="Run `sandboxctl up` with its blueprint; it makes or fetches what is missing.",
            ) from None
        except APIError as refused:
            if refused.status_code != 409:
                raise
            # It was read back when it was made, and what was said then is not known any more.
            made = {"Id": self._ours(name), "Warnings": readback.HARMLESS}
        seen = self._kept_to(
            made["Id"], lambda seen: readback.check(asked, made.get("Warnings"), seen, beside)
        )
        # Where swap is not accounted for the engine has said so; it will not say so again.
        asked["HostConfig"]["MemorySwap"] = seen["HostConfig"]["MemorySwap"]
        return str(made["Id"])

    def _kept_to(self, made: str, check: Callable[[Mapping[str, Any]], None]) -> Mapping[str, Any]:
        """What is not as it was asked for is removed before anything of it can answer."""
        seen: Mapping[str, Any] = self._api.inspect_container(made)
        try:
            check(seen)
        except EngineError:
            self._api.remove_container(made, force=True, v=True)
            raise
        return seen

    def _as_from(self, plain: str, image: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """An image that carries data over has the environment and the folder of the container it
        was kept from; what the blueprint no longer says must not come back with it."""
        had, has = self._config(image), self._config(plain)
        environment = _variables(has["Env"]) | _variables(asked["Env"])
        gone = [name for name in _variables(had["Env"]) if name not in environment]
        return {
            "Env": [*(f"{name}={value}" for name, value in environment.items()), *gone],
            "WorkingDir": asked["WorkingDir"] or has["WorkingDir"],
        }

    def _config(self, image: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._api.inspect_image(image)["Config"]  # type: ignore[no-untyped-call]  # the stubs lack it
        return found

    def _identity(
        self, name: str, sandbox: str, container: Container, place: Place, image: str
    ) -> Identity:
        owner = Owner(
            self._den.name,
            self._install(),
            clock.now(),
            kind="service",
            sandbox=sandbox,
            generation=place.generation,
            service=container.name,
            blueprint=place.blueprint,
            memory=container.memory,
        )
        return Identity(
            name=name,
            network=names.network(self._den.name, sandbox, place.generation),
            image=image,
            user=_with_group(container.user or self._images.user_of(image)),
            owner=owner,
            volumes=self._images.volumes_of(image),
            labels=self._images.labels_of(image),
            means=self.means(),
        )

    def means(self) -> Means:
        """What the engine confines with: asked once, and by nobody who only looks. EngineError
        DEN901 if it is less than the den wants."""
        if self._means is None:
            self._means = means.read(self._api, self._den.runtime)
        return self._means

    def start_again(self, sandbox: str, generation: int, service: str) -> None:
        name = names.container(self._den.name, sandbox, generation, service)
        seen = self.inspected(name)
        if seen["State"]["Paused"]:
            self._api.unpause(seen["Id"])
        self._start(seen["Id"], service)

    def _start(self, container: str, service: str) -> None:
        try:
            self._api.start(container)
        except APIError as refused:
            said = str(refused.explanation)
            if "executable file not found" not in said and "no such file" not in said:
                raise
            raise SandboxError(
                f"{service} cannot start: its command is not in its image ({said.strip()[-200:]})",
                hint=f"Correct services.{service}.command in the blueprint.",
            ) from None

    def stop(self, sandbox: str, generation: int, service: str, grace: float) -> None:
        """Stopped within ``grace`` seconds; being gone is as good."""
        name = names.container(self._den.name, sandbox, generation, service)
        with contextlib.suppress(NotFound):
            self._api.stop(self._ours(name), timeout=round(grace))

    def freeze(self, sandbox: str, generation: int, service: str) -> None:
        """It stands still; what does not run, or is gone, does already."""
        name = names.container(self._den.name, sandbox, generation, service)
        with contextlib.suppress(NotFound):
            seen = self.inspected(name)
            if seen["State"]["Running"] and not seen["State"]["Paused"]:
                self._api.pause(seen["Id"])

    def remove(self, sandbox: str, generation: int, service: str) -> None:
        """Gone with its data, and with the image in which data was carried over to it."""
        self.forget(names.container(self._den.name, sandbox, generation, service))

    def forget(self, name: str) -> None:
        """The same for a container of that name."""
        try:
            seen = self.inspected(name)
        except NotFound:
            return
        try:
            self._api.remove_container(seen["Id"], force=True, v=True)
        except NotFound:
            pass
        except APIError as refused:
            if "is already in progress" not in str(refused.explanation):
                raise
        image = seen["Config"]["Image"]
        if image.startswith(CARRIED):
            with contextlib.suppress(APIError):  # another one may still run from it
                self._api.remove_image(image, noprune=False)
        elif image.startswith(SNAPSHOT):
            kept.forget_nameless(self._api, seen["Image"])

    def forget_carried(self, sandbox: str, generation: int) -> None:
        """See `Carried.forget`."""
        self._carried.forget(sandbox, generation)

    def _ours(self, name: str) -> str:
        return str(self.inspected(name)["Id"])

    def inspected(self, name: str) -> Mapping[str, Any]:
        """What the engine shows of it; EngineError for one that somebody else made."""
        seen: Mapping[str, Any] = self._api.inspect_container(name)
        if not is_ours(seen["Config"]["Labels"], self._install()):
            raise EngineError(
                f"there is a container {name} that is not ours",
                hint=f"Remove or rename it: `docker inspect {name}` shows whose it is.",
                code="DEN902",
            )
        return seen


def _variables(pairs: Iterable[str] | None) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in pairs or () if "=" in pair)


def _with_group(user: str) -> str:
    """``10001`` alone would run with the group root."""
    return user if ":" in user else f"{user}:{user}"
