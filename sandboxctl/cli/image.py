"""`image`: what sandboxes start from, made ahead, listed, removed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import click

from sandboxctl.cli import given, show
from sandboxctl.cli.session import Session, Verb, blueprints

if TYPE_CHECKING:
    from sandboxctl.engine.images import ImageFacts
    from sandboxctl.engine.protocol import Engine


class Kept(Protocol):
    def list(self) -> tuple[ImageFacts, ...]: ...
    def prune(self, keep: Collection[str] = ()) -> tuple[ImageFacts, ...]: ...


@runtime_checkable
class KeepsImages(Protocol):
    """An engine that keeps images after its sandboxes are gone."""

    @property
    def images(self) -> Kept: ...


@click.group("image")
def image_verb() -> None:
    """Make, list and remove images of the den."""


@image_verb.command("prepare", cls=Verb)
@click.argument("wanted", metavar="[BLUEPRINT]...", nargs=-1, shell_complete=blueprints)
@click.pass_obj
def prepare_verb(session: Session, wanted: tuple[str, ...]) -> int:
    """Make images ahead, so that the first `up` does not wait.

    The base, the gateway, runtimes and service templates; and those of each BLUEPRINT.
    """
    from sandboxctl import clock
    from sandboxctl.cli.carry import carry_plan
    from sandboxctl.lifecycle import prepare, trust
    from sandboxctl.lifecycle.assemble import assemble

    with session.connected() as engine:
        builds, pulls = list(prepare.shared()), list[str]()
        for argument in wanted:
            loaded, _ = given.blueprint(engine.den, argument, None, {})
            assembled = assemble(loaded)
            if any(build.runs for build in assembled.builds):
                trust.demand(engine, assembled.recipe, clock.now(), trust.command_for(loaded))
            builds += assembled.builds
            pulls += assembled.pulls
        references = [*(build.tag for build in builds), *pulls]
        present = engine.observe("images", references).images
        plan = prepare.plan_images(builds, present, pulls)
        code = carry_plan(session, engine, plan, title="Images")
    if code == 0:
        made = len(plan.steps)
        show.facts(session, {"made": made, "there": len({*builds}) + len({*pulls})})
    return code


@image_verb.command("ls", cls=Verb)
@click.pass_obj
def ls_verb(session: Session) -> None:
    """List the images that sandboxctl made, newest first, with who needs each.

    A sandbox needs an image to be reset, its name with `auto-…` to be undone, and with a
    snapshot's name to be restored. Layers that images share are counted in each.
    """
    from sandboxctl.engine.images import needs
    from sandboxctl.lifecycle import prepare

    with session.connected() as engine:
        images = _images(engine)
        who = needs(images, prepare.uses(engine)) if images else {}
        found = [_row(session, image, who.get(image.tag, ())) for image in images]
    show.rows(session, found, empty="No images. `sandboxctl image prepare` makes them.")


@image_verb.command("prune", cls=Verb)
@click.option("--all", "everything", is_flag=True, help="Also what every den starts from.")
@click.pass_obj
def prune_verb(session: Session, everything: bool) -> None:
    """Remove images that nothing needs.

    What a sandbox needs to be reset, undone or restored is kept, and unless --all what
    `image prepare` makes. Snapshots of other dens are never touched.
    """
    from sandboxctl.lifecycle import prepare
    from sandboxctl.sandbox.names import snapshots_of

    with session.connected() as engine:
        shared = () if everything else (build.tag for build in prepare.shared())
        mine = snapshots_of(engine.den.name)
        theirs = (
            image.tag
            for image in _images(engine)
            if image.kind == "snapshot" and not image.tag.startswith(mine)
        )
        keep = {*prepare.needed(engine), *shared, *theirs}
        gone = engine.images.prune(keep) if isinstance(engine, KeepsImages) else ()
    show.rows(session, [_row(session, image) for image in gone], empty="Nothing to remove.")


def _images(engine: Engine) -> tuple[ImageFacts, ...]:
    return engine.images.list() if isinstance(engine, KeepsImages) else ()


def _row(session: Session, image: ImageFacts, needed_by: Sequence[str] = ()) -> show.Row:
    return {
        "image": image.tag,
        "kind": image.kind,
        "size": image.size if session.json else f"{image.size / 1024**2:,.0f} MiB",
        "made": image.created,
        "used_by": list(image.used_by),
        "needed_by": list(needed_by),
    }
