"""The page of all commands, from what they say of themselves.

python -m sandboxctl.cli.reference > docs/commands.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from inspect import cleandoc

import click

from sandboxctl.cli.main import VERBS, main

HEAD = """# Commands

Made from what each command says of itself: `python -m sandboxctl.cli.reference > docs/commands.md`.

Every command also takes `--den`, `-H/--engine`, `--context`, `--json`, `--plain` and `--yes`,
before its name or after it. BLUEPRINT is a folder, a file, or the name of a shipped blueprint; N is
the name of a sandbox.

Answers go to standard output, progress and errors to standard error. On a terminal answers are
tables; in a pipe, with `--plain`, `NO_COLOR` or `TERM=dumb`, each is a line `key: value`; with
`--json` the same as JSON, progress and errors as one JSON object on each line. Text that a
supplier wrote is shown with its control characters made visible.

| exit code | means |
|---|---|
| 0 | done |
| 1 | something failed |
| 2 | the blueprint or the command line is wrong |
| 3 | refused by policy |
| 4 | the engine is away, said no, has no room, or somebody else is at it |
| 70 | a mistake in sandboxctl; the message names a file |
| 130 | interrupted: the next `up` or `down` finishes or removes what was begun |
"""


def page() -> str:
    """All of it, in Markdown."""
    root = click.Context(main, info_name="sandboxctl")
    parts = [HEAD]
    for title, entries in VERBS.items():
        parts.append(f"## {title}\n")
        for name in entries:
            command = main.get_command(root, name)
            assert command is not None
            parts += _told(command, click.Context(command, parent=root, info_name=name))
    return "\n".join(parts)


def _told(command: click.Command, ctx: click.Context) -> Iterator[str]:
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    yield f"### `{ctx.command_path}`\n"
    yield f"```text\n{usage}\n```\n"
    yield f"{cleandoc(command.help or '')}\n"
    options = [param for param in command.params if isinstance(param, click.Option)]
    records = [option.get_help_record(ctx) for option in options]
    shown = [record for record in records if record and not _everywhere(record[0])]
    if shown:
        yield "| option | |\n|---|---|"
        yield "\n".join(f"| `{names}` | {about} |" for names, about in shown) + "\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            inner = command.get_command(ctx, name)
            assert inner is not None
            yield from _told(inner, click.Context(inner, parent=ctx, info_name=name))


def _everywhere(names: str) -> bool:
    return names in ("--json", "--plain", "-y, --yes", "-h, --help")


if __name__ == "__main__":
    sys.stdout.write(page())
