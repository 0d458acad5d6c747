"""An engine in memory that says what it likes, and every verb that might say it again. Run as a
script at a terminal or in a pipe: ``python -m tests.rude MODE FOLDER``."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import yaml

from sandboxctl.cli.main import main
from sandboxctl.engine.connect import IN_MEMORY
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.engine.protocol import Answer, Note
from sandboxctl.errors import EngineError, NotReady
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.operations import Operation, StartAgain, WaitReady
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.state import Observed, Seen

TEXTS = [
    "\x1b[2Jcleared",
    "\x1b[38;5;201mcoloured",
    "\x1b]0;title\x07",
    "\x1b]8;;http://203.0.113.9/\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;aGVsbG8=\x07clipboard",
    "\x1bP+q544e\x1b\\device",
    "\x1b[6nasks",
    "\x1b[?1049hother screen",
    "\x1bcreset",
    "\x9b31mC1",
    "\x9d0;title\x9c",
    "\x90q\x9c",
    "\x85next line",
    "\x07bell",
    "over\rwritten",
    "back\x08\x08space",
    "\x7fdelete",
    "\x00null",
    "\x0b\x0cfeeds",
    "\u202egnp.exe",
    "\u2066isolate\u2069",
    "\u200fmark",
    "\u061cletter mark",
    "zero\u200bwidth",
    "\ufeffbom",
    "soft\u00adhyphen",
    "\u2028line\u2029paragraph",
    "\u206ashaping",
    "\U000e0041\U000e0042tags",
    "\ufff9annotation\ufffb",
    "[bold red]markup[/bold red]",
    "[/nothing]",
    "[link=http://203.0.113.9/]here[/link]",
    ":warning: emoji code",
    "\ud800surrogate",
    "two\nlines: forged",
    "\t=1+1\ttabs",
]
PLAIN = [text for text in TEXTS if text.startswith("[")]
"""Those that have to come out as they are: markup is text to us."""


class Rude(MemoryEngine):
    """Everything that an engine tells of a sandbox is ``text``."""

    def __init__(self, text: str) -> None:
        super().__init__(Den(name="rude", engine="memory"))
        self.text = text

    def observe(self, sandbox: str, references: Collection[str] = ()) -> Observed:
        found = super().observe(sandbox, references)
        if not found.record:
            return found
        record = found.record.model_copy(update={"title": self.text})
        rude = {
            number: replace(generation, services=dict(map(self._rude, generation.services.items())))
            for number, generation in found.generations.items()
        }
        return replace(found, record=record, generations=rude)

    def _rude(self, item: tuple[str, Seen]) -> tuple[str, Seen]:
        return item[0], replace(item[1], condition="exited", why=self.text, image=self.text)

    def logs(self, *_: object, **__: object) -> Iterator[tuple[str, str]]:
        yield from (("web", line) for line in self.text.split("\n"))

    def run(self, *_: object, **__: object) -> Answer:
        return Answer(3, self.text.encode(errors="surrogatepass"))

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        note(self.text)
        if isinstance(operation, StartAgain):
            raise EngineError(self.text, hint=self.text)
        super().apply(sandbox, operation, note)

    def when_ready(self, sandbox: str, operation: WaitReady) -> Future[None]:
        if sandbox != "never":
            return super().when_ready(sandbox, operation)
        refused: Future[None] = Future()
        refused.set_exception(NotReady(self.text, hint=self.text))
        return refused

    def recipe(self, digest: str) -> Recipe:
        return super().recipe(digest).model_copy(update={"title": self.text})


def verbs(folder: Path, number: int, text: str) -> list[list[str]]:
    """What is called with one text: on an engine that says it, and on files that hold it."""
    return [
        ["up", str(folder / "good"), "--name", "heron"],
        ["up", str(folder / "good"), "--name", "never"],
        ["ls"],
        ["status", "heron"],
        ["open", "heron", "--print"],
        ["logs", "heron"],
        ["exec", "-T", "heron", "web", "--", "sh"],
        ["restart", "heron"],
        ["reset", "heron"],
        ["watch", "--once"],
        ["validate", str(folder / str(number))],
        ["plan", str(folder / str(number))],
        ["up", str(folder / str(number)), "--name", "wren"],
        ["data", "preview", str(folder / str(number))],
        ["data", "scan", str(folder / f"{number}.csv")],
        ["data", "infer", str(folder / f"{number}.csv")],
        ["status", text.replace("\x00", "")],
        ["validate", text.replace("\x00", "") or "nothing"],
        ["up", "page", "--set", text.replace("\x00", "")],
        ["up", "page", "--secret", text.replace("\x00", "")],
        ["down", "heron", "never", "wren"],
    ]


def files(folder: Path, number: int, text: str) -> None:
    """A blueprint and an extract with the text wherever one can stand."""
    page = {"source": "./site", "runtime": "static"}
    written = {
        "blueprint": 1,
        "name": "rude",
        "title": text,
        "summary": text,
        "supplier": {"name": text, "contact": text},
        "opens": "web",
        "services": {"web": {**page, "environment": {"A": text}, text: text}},
        "data": {"tables": {"t": {"rows": 3, "columns": {"c": {"kind": "choice", "of": [text]}}}}},
    }
    for name, document in ((str(number), written), ("good", _good(page))):
        (folder / name / "site").mkdir(parents=True, exist_ok=True)
        (folder / name / "site" / "index.html").write_text("hello")
        told = yaml.safe_dump(document, allow_unicode=False)
        (folder / name / "blueprint.yaml").write_text(told, encoding="utf-8")
    with (folder / f"{number}.csv").open("w", encoding="utf-8", errors="ignore") as file:
        rows = csv.writer(file)
        rows.writerow([text, "phone"])
        rows.writerows([text, "020 7946 0018"] for _ in range(30))
        rows.writerow([text, "+44 7911 123456"])


def _good(page: dict[str, str]) -> dict[str, object]:
    return {"blueprint": 1, "name": "good", "opens": "web", "services": {"web": page}}


def run(mode: list[str], folder: Path) -> None:
    """Everything once; what each verb exits with does not matter here."""
    for number, text in enumerate(TEXTS):
        files(folder, number, text)
        IN_MEMORY["rude"] = Rude(text)
        for words in verbs(folder, number, text):
            if words[0] == "exec" and mode == ["--plain"]:
                continue  # through a pipe it goes as it is: it may be an archive
            try:
                main(["-H", "memory", "--den", "rude", "--yes", *mode, *words])
            except SystemExit as ended:
                sys.stdout.flush()
                os.write(1, f"\n§ {number} {words[0]} {ended.code}\n".encode())


if __name__ == "__main__":
    run([f"--{sys.argv[1]}"] if sys.argv[1] != "rich" else [], Path(sys.argv[2]))
