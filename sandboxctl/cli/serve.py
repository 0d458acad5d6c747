"""`serve`: the console, for a wall and for who has no terminal."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sandboxctl.cli import show, stopping
from sandboxctl.cli.session import Session, Verb

if TYPE_CHECKING:
    from sandboxctl.engine.protocol import Engine


@click.command("serve", cls=Verb)
@click.option("--bind", default="127.0.0.1", metavar="ADDRESS", help="Usually this machine alone.")
@click.option("--port", type=click.IntRange(1, 65535), default=8090, help="Usually 8090.")
@click.option(
    "--host", "names", multiple=True, metavar="NAME", help="A name it is reached by, too."
)
@click.option(
    "--url", default="", metavar="URL", help="Its public address: https://… of a proxy before it."
)
@click.option("--observer", is_flag=True, help="Print a link for who only looks, as well.")
@click.option("--supplier", is_flag=True, help="Print a link to the desk for a supplier, as well.")
@click.option(
    "--insecure-room", is_flag=True, help="Serve a room over plain HTTP: everybody in it can read."
)
@click.option(
    "--blueprints",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A blueprint, or a folder of some, that workshops can be opened from.",
)
@click.pass_obj
def serve_verb(
    session: Session,
    bind: str,
    port: int,
    names: tuple[str, ...],
    url: str,
    observer: bool,
    supplier: bool,
    insecure_room: bool,
    folders: tuple[Path, ...],
) -> int:
    """Serve the console: a wall, and a page for each team.

    Prints a link that works once, and ends with ^C. It looks after the den as `watch` does, unless
    somebody watches it already.
    """
    from sandboxctl.cli.watching import Watching
    from sandboxctl.console.serving import Serving, Where
    from sandboxctl.engine.connect import connect

    def opened() -> Engine:
        return connect(session.settings, engine=session.engine, context=session.context)

    where = Where(bind, port, names, insecure_room, url)
    serving = Serving(session.settings, opened, where, folders)
    watching = Watching(session)
    with ExitStack() as held:
        serving.begin()
        held.callback(serving.end)
        held.callback(watching.end)
        row: dict[str, show.Value] = {
            "console": serving.where.url,
            "facilitator": serving.link(),
            **({"observer": serving.link("observer")} if observer else {}),
            **({"supplier": serving.link("supplier")} if supplier else {}),
        }
        show.say(session, "The console is there; ^C ends it. Each link works once.")
        show.facts(session, row)
        watching.begin()  # what it has to say comes after the links
        with stopping.said_by(lambda _: None):
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                show.say(session, "The console ends; what is under way is finished first.")
    return 0
