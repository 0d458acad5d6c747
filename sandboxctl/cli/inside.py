"""`logs` and `exec`: looking into the services of a sandbox."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from sandboxctl.cli import stopping
from sandboxctl.cli.edge import INTERRUPTED
from sandboxctl.cli.session import Session, Verb, sandboxes, services
from sandboxctl.cli.visible import as_json, keep_secret, uncoloured, visible

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine


@click.command("logs", cls=Verb)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.argument("service", required=False, shell_complete=services)
@click.option(
    "--tail", default=100, type=click.IntRange(0), help="Last lines of each. Default 100."
)
@click.option("--follow", "-f", is_flag=True, help="Go on until interrupted.")
@click.pass_obj
def logs_verb(session: Session, sandbox: str, service: str | None, tail: int, follow: bool) -> int:
    """Show what services say.

    Each line after the name of its service. Control characters are made visible.
    """
    with session.connected() as engine, stopping.said_by(lambda _: None):
        try:
            for who, said in engine.logs(sandbox, service, tail=tail, follow=follow):
                text = uncoloured(said)
                said_so = {"service": who, "line": text}
                click.echo(as_json(said_so) if session.json else f"{who}: {text}")
        except KeyboardInterrupt:
            return INTERRUPTED  # the usual end of --follow
    return 0


@click.command(
    "exec",
    cls=Verb,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("sandbox", metavar="N", shell_complete=sandboxes)
@click.argument("service", shell_complete=services)
@click.argument("command", metavar="[-- CMD]...", nargs=-1, type=click.UNPROCESSED)
@click.option(
    "--no-tty", "-T", is_flag=True, help="No terminal inside; output with escapes made visible."
)
@click.pass_obj
def exec_verb(
    session: Session, sandbox: str, service: str, command: tuple[str, ...], no_tty: bool
) -> int:
    """Run a command inside a service.

    A shell, unless a command is named. On a terminal it is yours until it ends; in a pipe
    standard input is passed on, and secrets of the sandbox are masked in what comes out. The
    exit status is the command's. Options of sandboxctl stand before N.
    """
    argv = list(command[1:] if command[:1] == ("--",) else command) or ["sh"]
    with session.connected() as engine:
        if not no_tty and not session.json and sys.stdin.isatty() and sys.stdout.isatty():
            from sandboxctl.cli.terminal import Attaches, converse

            if isinstance(engine, Attaches):
                return converse(engine.attach(sandbox, service, argv, tty=True))
        values = engine.known(sandbox)
        keep_secret(values)
        return _run(session, engine, sandbox, service, argv, values)


def _run(
    session: Session,
    engine: Engine,
    sandbox: str,
    service: str,
    argv: list[str],
    values: Mapping[str, Sequence[str]],
) -> int:
    from sandboxctl.sandbox.masking import Mask

    given = b"" if sys.stdin.isatty() else sys.stdin.buffer.read()
    answer = engine.run(sandbox, service, argv, given)
    if session.json:
        shown: dict[str, Any] = {
            "status": answer.status,
            "output": answer.output.decode(errors="replace"),
        }
        click.echo(as_json(shown))
    elif sys.stdout.isatty():
        click.echo(visible(answer.output.decode(errors="replace").replace("\r\n", "\n")), nl=False)
    else:
        sys.stdout.buffer.write(Mask(values).data(answer.output))
    return answer.status
