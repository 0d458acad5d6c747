"""The board: what is being done, while it is being done. Alive on a terminal, lines in a pipe,
JSON lines when asked. On standard error, so that standard output holds the answer alone."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Protocol

import click

from sandboxctl.cli import stopping
from sandboxctl.cli.progress import Progress, sandbox, subject
from sandboxctl.cli.session import Session
from sandboxctl.cli.visible import as_json, line, visible
from sandboxctl.lifecycle.execute import Listener, News
from sandboxctl.sandbox.plan import Key, Plan, Step

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

EVERY = 1.0
"""Seconds between two notes of one step in a pipe: a log is read later."""
LEAST, BESIDE = 5, 4
"""Lines that a board has at least, and lines of a terminal that are not for it."""
COLOURS = {"done": "green", "FAILED": "bold red", "working": "bold", "waiting": "dim"}


class _Listener(Protocol):
    def tell(self, news: News) -> None: ...
    def close(self) -> None: ...


@contextmanager
def board(
    session: Session, plan: Plan | None = None, *, title: str = "", by_sandbox: bool = False
) -> Iterator[Listener]:
    """Whom to tell the news, for as long as a plan is carried out; ``by_sandbox`` with a line for
    each sandbox, not for each service."""
    shown: _Listener
    with ExitStack() as held:
        match session.looks(sys.stderr):
            case "rich":
                from sandboxctl.cli.quiet import quiet

                live = shown = _Live(title, plan or Plan(), sandbox if by_sandbox else subject)
                held.enter_context(quiet())
                held.enter_context(stopping.said_by(live.warn))
            case looks:
                shown = _Log(as_json=looks == "json")
        held.callback(shown.close)
        yield shown.tell


class _Log:
    """A line for each step that is done or failed, and for what long ones are busy with."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._began: dict[Key, float] = {}
        self._noted: dict[Key | None, float] = {}
        self._guard = threading.Lock()

    def tell(self, news: News) -> None:
        with self._guard:
            self._tell(news, time.monotonic())

    def close(self) -> None:
        pass

    def _tell(self, news: News, now: float) -> None:
        step = news.step
        if step is None:
            return self._print("den", "", news.state, news.note, None)
        began = self._began.setdefault(step.key, now)
        if news.state == "working" and not self._is_news(news, now):
            return None
        seconds = None if news.state == "working" else round(now - began, 2)
        if seconds is not None:
            del self._began[step.key]  # a rehearsal does it again
        return self._print(step.sandbox, str(step.operation), news.state, news.note, seconds)

    def _is_news(self, news: News, now: float) -> bool:
        key = news.step.key if news.step else None
        if not news.note or (news.step and news.note == str(news.step.operation)):
            return False
        if now - self._noted.get(key, -EVERY) < EVERY:
            return False
        self._noted[key] = now
        return True

    def _print(self, who: str, what: str, state: str, note: str, seconds: float | None) -> None:
        if self._as_json:
            news = {"sandbox": who, "step": what, "state": state, "note": note, "seconds": seconds}
            click.echo(as_json(news), err=True)
            return
        said = state if seconds is not None else ""
        took = f" {seconds:.1f} s" if seconds is not None else ""
        note = "" if state == "failed" else note  # why is said in full at the end
        text = ": ".join(part for part in (who, what, f"{said}{took}", line(note)) if part)
        click.echo(visible(text), err=True)


class _Live:
    """One line for each service, redrawn eight times a second until it is over."""

    def __init__(self, title: str, plan: Plan, of: Callable[[Step], str]) -> None:
        self._title, self._progress = title, Progress(of)
        self._progress.expect(plan)
        self._guard = threading.Lock()
        self._live: Live | None = None
        self._warning = ""
        self._began = time.monotonic()

    def tell(self, news: News) -> None:
        from rich.console import Console
        from rich.live import Live

        with self._guard:
            self._progress.hear(news, time.monotonic())
            if self._live is None:
                console = Console(stderr=True, markup=False, highlight=False, emoji=False)
                live = Live(console=console, get_renderable=self._drawn, refresh_per_second=8)
                self._live = live
                live.start()

    def warn(self, text: str) -> None:
        """Show a line of text below from the next time it is drawn."""
        self._warning = text

    def close(self) -> None:
        self._warning = ""
        if self._live is not None:
            self._progress.finished(time.monotonic())
            self._live.stop()

    def _drawn(self) -> RenderableType:
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        now = time.monotonic()
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True, style="bold")
        table.add_column(no_wrap=True)
        table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        table.add_column(no_wrap=True, justify="right")
        table.expand = True
        room = max(LEAST, (self._live.console.height if self._live else 0) - BESIDE)
        for shown in self._progress.shown(room):
            seconds = shown.seconds(now)
            table.add_row(
                Text(line(shown.subject)),
                Text(shown.state, style=COLOURS[shown.state]),
                Text(line(self._progress.words(shown))),
                Text("" if seconds is None else f"{seconds:.1f} s"),
            )
        head = Text(f"{line(self._title)}   {now - self._began:.1f} s", style="bold underline")
        below = [Text(self._warning, style="bold yellow")] if self._warning else []
        if len(self._progress.lines) > room:
            below.insert(0, Text(self._progress.counted, style="bold"))
        return Group(*([head] if self._title else []), table, *below)
