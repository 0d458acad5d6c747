"""Compose files for the tests, what they become, and how that is kept up to date.

Each folder of `tests/compose` is a Compose file of one shape with what lies beside it; its
blueprint is in `tests/compose_expected`. `python -m tests.converted` writes those anew. Every
secret in them has the word `hush` in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandboxctl.blueprint.load import Facts, Loaded, load
from sandboxctl.compose.converting import Converted, convert
from sandboxctl.compose.page import page
from sandboxctl.errors import BlueprintError
from sandboxctl.scaffold import placing

SHAPES = Path(__file__).parent / "compose"
EXPECTED = Path(__file__).parent / "compose_expected"
HUSH = "hush"
FACTS = Facts(domain="den.test", scheme="http", port=80, sandbox="heron", url="http://heron.den")


@dataclass(frozen=True)
class Outcome:
    """``problems`` are the validator's, each as ``file:line: key: why``."""

    converted: Converted
    folder: Path
    loaded: Loaded | None
    problems: tuple[str, ...]

    @property
    def text(self) -> str:
        return (self.folder / "blueprint.yaml").read_text(encoding="utf-8")

    def why(self, verdict: str, service: str = "") -> list[str]:
        """Keys and reasons of one verdict."""
        found = self.converted.report.decisions
        return [
            f"{item.key}: {item.why}"
            for item in found
            if item.verdict == verdict and service in ("", item.service)
        ]


def made_up(length: int) -> str:
    return "m" * length


def names() -> list[str]:
    return sorted(path.name for path in SHAPES.iterdir())


def file(shape: str) -> Path:
    return next(iter(sorted((SHAPES / shape).glob("compose.y*ml"))))


def outcome(compose: Path, folder: Path) -> Outcome:
    """Converted into ``folder``, which is made, and checked by the validator."""
    converted = convert(compose, make=made_up)
    list_ = page(converted.report, compose.name)
    placing.place(folder, {**converted.files, "CONVERSION.md": list_})
    try:
        loaded = load(folder / "blueprint.yaml", facts=FACTS)
    except BlueprintError as error:
        return Outcome(converted, folder, None, tuple(str(error).splitlines()))
    return Outcome(converted, folder, loaded, ())


def written(folder: Path, text: str, **beside: str) -> Path:
    """A Compose file in ``folder`` with other files beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in beside.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "compose.yaml").write_text(text, encoding="utf-8")
    return folder / "compose.yaml"


def unlisted(found: Outcome) -> list[str]:
    """What the validator says that no question of the list is about."""
    asked = [".".join(map(str, item.at)) for item in found.converted.report.questions]
    files = any(
        {"files", "source", "build", "with"} & set(item.at)
        for item in found.converted.report.questions
    )
    return [
        problem
        for problem in found.problems
        if not any(f": {key}" in problem for key in asked)
        and not (files and "blueprint.yaml" not in problem)
    ]


if __name__ == "__main__":
    EXPECTED.mkdir(exist_ok=True)
    for shape in names():
        made = convert(file(shape), shape, make=made_up)
        (EXPECTED / f"{shape}.yaml").write_text(str(made.files["blueprint.yaml"]), encoding="utf-8")
