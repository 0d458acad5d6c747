"""What the tab key offers. Whatever goes wrong is no answer: a shell is no place for errors."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from sandboxctl.cli.session import Session
from sandboxctl.cli.visible import line


def asked(name: str, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Names of one kind that begin with what is there."""
    found: list[CompletionItem] = []
    with contextlib.suppress(Exception):
        session = ctx.find_object(Session) or Session()
        found = [
            CompletionItem(one, help=line(about or ""))
            for one, about in _known(name, session, ctx).items()
        ]
        found += [CompletionItem(path) for path in _paths(incomplete) if name == "blueprints"]
    return [
        item
        for item in found
        if item.value.startswith(incomplete) and line(item.value) == item.value
    ]


def _paths(incomplete: str) -> list[str]:
    """Folders and YAML files as they would be typed. Not click's type "file": with it bash throws
    away every other answer."""
    typed, _, begun = incomplete.rpartition("/")
    before = f"{typed}/" if "/" in incomplete else ""
    return [
        f"{before}{path.name}{'/' if path.is_dir() else ''}"
        for path in sorted(Path(before or ".").expanduser().iterdir())
        if path.name.startswith(begun)
        and (begun.startswith(".") or not path.name.startswith("."))
        and (path.is_dir() or path.suffix in (".yaml", ".yml"))
    ]


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
        case "codes":
            from sandboxctl import codes

            return {code: found.title for code, found in codes.ALL.items()}
        case "grants":
            from sandboxctl.cli import given

            loaded, _ = given.blueprint(session.settings, ctx.params["blueprint"], None, {})
            return {one.grant: one.service for one in loaded.blueprint.exceptions}
        case "workshops":
            from sandboxctl.lifecycle.workshops import kept

            with session.connected() as engine:
                return {name: one.title for name, one in kept.all_of(engine).items()}
        case "teams":
            from sandboxctl.lifecycle.workshops import kept

            with session.connected() as engine:
                teams = kept.known(engine, ctx.params["workshop"]).teams
                return {name: one.title for name, one in teams.items()}
        case "sandboxes":
            with session.connected() as engine:
                return dict.fromkeys(engine.sandboxes(), "")
        case "snapshots":
            from sandboxctl import clock
            from sandboxctl.lifecycle import snapshot

            with session.connected() as engine:
                found = snapshot.kept(engine, ctx.params["sandbox"], now=clock.now())
                return {one.name: f"of generation {one.generation}" for one in found}
        case _:
            with session.connected() as engine:
                live = engine.observe(ctx.params["sandbox"]).live
                return (
                    {name: seen.condition for name, seen in live.services.items()} if live else {}
                )
