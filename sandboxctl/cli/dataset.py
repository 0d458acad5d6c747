"""What the verbs of `data` share: a blueprint's dataset, and the options that choose of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sandboxctl.cli import given
from sandboxctl.cli.session import Session, blueprints

if TYPE_CHECKING:
    from sandboxctl.blueprint.load import Loaded
    from sandboxctl.data.scope import Dataset

F = TypeVar("F", bound=Callable[..., Any])

blueprint_argument = click.argument("blueprint", shell_complete=blueprints)


def tables_option(verb: F) -> F:
    """``--table T``, as often as wanted."""
    return click.option(
        "--table", "-t", "tables", metavar="TABLE", multiple=True, help="Only this one; repeatable."
    )(verb)


def dataset(
    session: Session, blueprint: str, values: Iterable[tuple[str, str]]
) -> tuple[Loaded | None, Dataset]:
    """The data of a blueprint, or of a pack of that name. Raises BlueprintError if it has none."""
    from sandboxctl.blueprint import packs
    from sandboxctl.data.scope import Dataset
    from sandboxctl.errors import BlueprintError

    if blueprint in packs.names() and not Path(blueprint).exists():
        try:
            return None, Dataset(packs.alone(blueprint, dict(values)))
        except ValueError as error:
            raise BlueprintError(str(error), hint=f"Those of {blueprint}: docs/packs.md") from None
    loaded, _ = given.blueprint(session.settings, blueprint, None, dict(values))
    if loaded.blueprint.data is None:
        raise BlueprintError(
            f"{loaded.file}: has no `data`",
            hint="Add a `data:` section; `sandboxctl schema --reference` explains it.",
        )
    return loaded, Dataset(loaded.blueprint.data)


def chosen(dataset: Dataset, asked: Iterable[str]) -> list[str]:
    """These tables in the order of the blueprint, or all. Raises BlueprintError for another."""
    from sandboxctl.blueprint.problem import near
    from sandboxctl.data.tables import names
    from sandboxctl.errors import BlueprintError

    known, wanted = names(dataset), set(asked)
    for name in sorted(wanted - set(known)):
        raise BlueprintError(
            f"there is no table {name!r}{near(name, known)}", hint=f"There are {', '.join(known)}."
        )
    return [name for name in known if not wanted or name in wanted]
