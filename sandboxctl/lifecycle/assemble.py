"""A blueprint → the recipe an engine can make: images named, templates filled in, data placed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandboxctl.blueprint import beneath, catalogue, images, origin_files
from sandboxctl.blueprint.dockerfile.model import SCRATCH
from sandboxctl.blueprint.images import Build
from sandboxctl.blueprint.load import Loaded
from sandboxctl.blueprint.model import Blueprint, Healthcheck, Service
from sandboxctl.lifecycle import ways_out
from sandboxctl.lifecycle.minute_zero import Part, minute_zero
from sandboxctl.sandbox.recipe import (
    Baseline,
    Container,
    Probe,
    Recipe,
    Way,
    digest,
    fingerprint,
)


@dataclass(frozen=True, slots=True)
class Assembled:
    """A recipe, and what has to be there before it can be made: images to build (parents
    first), images to pull, and a baseline where services start with data."""

    recipe: Recipe
    builds: tuple[Build, ...]
    pulls: tuple[str, ...]
    baseline: Baseline | None


def assemble(loaded: Loaded) -> Assembled:
    """Everything that can be worked out without an engine. Reads the blueprint's folder to name
    images by their content; raises BlueprintError for what cannot be read there."""
    blueprint = loaded.blueprint
    parts = {name: _part(loaded, name, service) for name, service in blueprint.services.items()}
    containers = {name: part.container for name, part in parts.items()}
    baseline = minute_zero(loaded, parts)
    if baseline:
        containers |= {
            name: containers[name].model_copy(update={"image": tag})
            for name, tag in baseline.tags.items()
        }
    ways = ways_out.asked(blueprint)
    recipe = Recipe(
        blueprint=blueprint.name,
        title=blueprint.title or blueprint.name,
        containers=ways_out.with_ways_out(containers, ways),
        opens=_opens(blueprint),
        secrets=blueprint.secrets,
        names_sandbox=loaded.names_sandbox,
        **_asked(loaded, parts),
    )
    made = [*(part.builds for part in parts.values()), ways_out.builds() if ways else ()]
    builds = {build.tag: build for some in made for build in some}
    pulls = sorted({part.pull for part in parts.values() if part.pull})
    return Assembled(recipe, tuple(builds.values()), tuple(pulls), baseline)


def _asked(loaded: Loaded, parts: Mapping[str, Part]) -> dict[str, Any]:
    """What a facilitator has to grant, and what that is bound to: all that the supplier wrote, the
    content of its folders, and the images on the engine.

    An image that commands of the supplier make cannot be there before they were granted: it is
    bound by what goes into it, and by the image that it begins with."""
    asked = loaded.blueprint.exceptions
    if not asked:
        return {}
    scripts = {name: _script(loaded, part.filled) for name, part in parts.items()}
    builds = {b.tag: images.content(b) for part in parts.values() for b in part.builds}
    written = [loaded.anywhere.model_dump(mode="json"), scripts, builds]
    looked_at = [part for part in parts.values() if not any(b.runs for b in part.builds)]
    begins = {part.container.image for part in looked_at} | {p.pull for p in parts.values()}
    bound = tuple(sorted(begins - {""}))
    return {"exceptions": asked, "subject": digest(written), "bound": bound}


def _part(loaded: Loaded, name: str, service: Service) -> Part:
    filled = catalogue.filled(service.template, service.with_) if service.template else None
    builds, image = _image(loaded, name, service, filled)
    pull = service.pulled
    pull = pull or next((b.parent for b in builds if _is_foreign(b.parent)), "")
    stateful = bool(
        service.fill or service.prepare or service.writable or (filled and filled.stateful)
    )
    granted = {asked.grant for asked in loaded.blueprint.exceptions if asked.service == name}
    container = Container(
        name=name,
        image=image,
        definition=_definition(loaded, service, image, filled),
        command=service.command,
        entrypoint=service.entrypoint,
        working_dir=service.working_dir or "",
        environment=service.environment,
        secrets=service.secrets,
        user=service.user or "",
        capabilities=tuple(sorted(g.removeprefix("cap:") for g in granted if g.startswith("cap:"))),
        writable_root="writable_root" in granted,
        memory=service.mem_limit,
        cpus=service.cpus,
        pids=service.pids_limit,
        disk=service.storage_opt.size,
        stateful=stateful,
        writable=service.writable,
        probe=_probe(service),
        depends_on=service.depends_on,
        public=service.expose[0] if service.public and service.expose else 0,
        stop_signal=filled.stop_signal if filled else "SIGTERM",
        grace=service.stop_grace_period,
        read=filled.read if filled else (),
    )
    return Part(container, builds, pull, filled)


def _is_foreign(reference: str) -> bool:
    """Whether a registry is asked for it. Debian's own is made here where none has it."""
    ours = reference in ("", SCRATCH) or reference.startswith(f"{images.REPOSITORY}/")
    return not ours and not images.is_debian(reference)


def _image(
    loaded: Loaded, name: str, service: Service, filled: catalogue.Filled | None
) -> tuple[tuple[Build, ...], str]:
    """What a service starts from, and how to come by it."""
    builds: tuple[Build, ...] = ()
    folder = loaded.folder
    if service.source and service.runtime:
        source = str(beneath.located(beneath.real(folder), service.source))
        python = service.python or ""
        builds = images.app(service.runtime, source, python=python, spa=service.spa)
    elif service.template and filled:
        builds = images.chain(f"services/{service.template}", facts=filled.arguments)
    elif service.build:
        context, asked = origin_files.asked(loaded.blueprint, name, folder)
        builds = (images.from_dockerfile(str(context), asked),)
    elif service.archive:
        archive = beneath.located(beneath.real(folder), service.archive)
        builds = (images.from_archive(str(archive)),)
    image = builds[-1].tag if builds else service.pulled
    if service.files or service.writable:
        root = beneath.real(folder)
        files = {to: str(beneath.located(root, at)) for to, at in service.files.items()}
        derived = images.with_files(
            image, files, writable=service.writable, user=service.user or ""
        )
        return (*builds, derived), derived.tag
    return builds, image


def _definition(
    loaded: Loaded, service: Service, image: str, filled: catalogue.Filled | None
) -> str:
    """Changes when the data that a service starts with would be other data: what it runs, its
    schema, its tables; not its limits, its health check or whom it waits for."""
    said = service.model_dump(
        mode="json",
        include={"command", "entrypoint", "prepare", "fill", "writable", "template", "with_"},
    )
    return fingerprint([said, image, _script(loaded, filled), _tables(loaded.blueprint, service)])


def _script(loaded: Loaded, filled: catalogue.Filled | None) -> str:
    """The hash of the SQL file that is loaded first."""
    if filled is None or not filled.first:
        return ""
    return beneath.digest(beneath.real(loaded.folder), filled.first)


def _tables(blueprint: Blueprint, service: Service) -> object:
    """What the data of a service depends on: its tables, all they refer to, and the seed."""
    if not blueprint.data or not service.fill:
        return None
    return blueprint.data.model_dump(mode="json")


def _probe(service: Service) -> Probe:
    check = service.healthcheck or (Healthcheck(tcp=service.expose[0]) if service.expose else None)
    if check is None:
        return Probe()
    waits = {"within": check.start_period, "timeout": check.timeout}
    if check.http:
        port = check.port or service.expose[0]
        return Probe(kind="http", port=port, path=check.http, **waits)
    if check.tcp:
        return Probe(kind="tcp", port=check.tcp, **waits)
    return Probe(kind="test", argv=check.argv, **waits)


def _opens(blueprint: Blueprint) -> dict[str, Way]:
    return {
        path: Way(
            service=route.service, port=route.port or blueprint.services[route.service].expose[0]
        )
        for path, route in blueprint.opens.items()
    }
