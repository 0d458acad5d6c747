"""The root of the command line. Imports nothing but click, so that it answers at once: a verb's
module is imported when it is called."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from sandboxctl import __version__
from sandboxctl.cli.edge import Edge
from sandboxctl.cli.session import global_options


class Entry(NamedTuple):
    module: str
    about: str


VERBS: dict[str, dict[str, Entry]] = {
    "Begin": {
        "demo": Entry("demo", "From nothing to a running prototype."),
        "doctor": Entry("doctor", "Say whether this machine can be a den, and what mends it."),
    },
    "Blueprints": {
        "init": Entry("init", "Write a blueprint to start from, or make one from a Compose file."),
        "validate": Entry("blueprint", "Check a blueprint and name every problem at once."),
        "plan": Entry("blueprint", "Show what `up` would do, and why."),
        "rehearse": Entry("rehearse", "Rehearse a day: up, break, reset, undo, close, twice."),
        "approve": Entry("approve", "Grant the exceptions that a blueprint asks for."),
        "schema": Entry("schema", "Print everything a blueprint may say."),
        "explain": Entry("explain", "Say what a code means, why it is a risk, and how to mend it."),
    },
    "Data": {
        "data": Entry("data", "Make, check and look through synthetic data."),
    },
    "Sandboxes": {
        "up": Entry("up", "Start a sandbox, or bring a running one up to date."),
        "ls": Entry("look", "List the sandboxes of the den."),
        "status": Entry("look", "Explain how a sandbox is."),
        "open": Entry("link", "Show a sandbox in the browser."),
        "logs": Entry("inside", "Show what services say."),
        "exec": Entry("inside", "Run a command inside a service."),
        "restart": Entry("restart", "Stop and start services; their data stays."),
        "reset": Entry("reset", "Put a sandbox back to minute zero."),
        "extend": Entry("extend", "Let a sandbox live longer."),
        "snapshot": Entry("snapshot", "Keep a sandbox's state, to return to it."),
        "restore": Entry("snapshot", "Return to a snapshot."),
        "down": Entry("down", "Take sandboxes away without a trace."),
        "watch": Entry("watch", "Look after the den: leases, restarts, spares, full disks."),
    },
    "Workshops": {
        "workshop": Entry("workshop", "Many sandboxes at once, one for each team."),
        "serve": Entry("serve", "Serve the console: a wall, and a page for each team."),
    },
    "The den": {
        "den": Entry("den", "Show or change the den's settings."),
        "audit": Entry("audit", "Show what was done, and whether the record of it is whole."),
        "image": Entry("image", "Make, list and remove images of the den."),
        "completion": Entry("completion", "Print the script that completes commands in a shell."),
    },
}
ALIASES = {"ps": "ls"}
ENTRIES = {name: entry for section in VERBS.values() for name, entry in section.items()}


class Root(Edge):
    """Knows every verb's name and first line without importing it."""

    # The three below have the names and parameters that click calls them by, used or not.
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        name = ALIASES.get(cmd_name, cmd_name)
        if name not in ENTRIES:
            return None
        module = import_module(f"sandboxctl.cli.{ENTRIES[name].module}")
        command: click.Command = getattr(module, f"{name}_verb")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known, word = [*ENTRIES, *ALIASES], args[0]
        if word not in known and not word.startswith("-") and not ctx.resilient_parsing:
            near = get_close_matches(word, known, n=1)
            meant = f" Did you mean `{near[0]}`?" if near else ""
            raise click.UsageError(f"There is no command `{word}`.{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for title, section in VERBS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.about) for name, entry in section.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        verbs = [
            CompletionItem(name, help=entry.about)
            for name, entry in ENTRIES.items()
            if name.startswith(incomplete)
        ]
        return verbs + click.Command.shell_complete(self, ctx, incomplete)


@click.group(
    cls=Root,
    params=global_options(hidden=False, envvars=True),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 something failed, 2 blueprint or command line wrong, "
    "3 refused by policy, 4 the engine, 70 our bug, 130 interrupted.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Make identical, isolated, disposable sandboxes of public-service prototypes."""
