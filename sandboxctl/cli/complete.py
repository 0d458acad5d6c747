"""What the tab key offers. Whatever goes wrong is no answer: a shell is no place for errors."""

from __future__ import annotations

import contextlib

import click
from click.shell_completion import CompletionItem

from sandboxctl.cli.session import Session


def asked(name: str, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Names of one kind that begin with what is there."""
    found: list[CompletionItem] = []
    with contextlib.suppress(Exception):
        session = ctx.find_object(Session) or Session()
        found = [
            CompletionItem(one, help=about) for one, about in _known(name, session, ctx).items()
        ]
    if name == "blueprints":
        found.append(CompletionItem(incomplete, type="file"))
    return [item for item in found if item.type == "file" or item.value.startswith(incomplete)]


def _known(name: str, session: Session, ctx: click.Context) -> dict[str, str]:
    match name:
        case "dens":
            from sandboxctl.lifecycle import settings

            return dict.fromkeys(settings.names(), "")
        case "settings":
            from sandboxctl.lifecycle import settings

            return dict(settings.keys())
        case "blueprints":
            from sandboxctl.blueprint.templates import bundled

            folders = bundled("blueprints").iterdir()
            return {path.name: "" for path in sorted(folders) if path.is_dir()}
        case "sandboxes":
            with session.connected() as engine:
                return dict.fromkeys(engine.sandboxes(), "")
        case _:
            with session.connected() as engine:
                live = engine.observe(ctx.params["sandbox"]).live
                return (
                    {name: seen.condition for name, seen in live.services.items()} if live else {}
                )
