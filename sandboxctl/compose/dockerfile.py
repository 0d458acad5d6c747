"""What a Dockerfile says of how its folder is run: read, never carried out."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace

MOST_LINES = 2_000
_ARGUMENT = re.compile(r"\$(?:\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|([A-Za-z_]\w*))")


@dataclass
class Stage:
    """One `FROM` and what follows. ``bases`` are the images it comes from, its own first."""

    name: str
    bases: tuple[str, ...]
    folder: str = ""
    command: list[str] = field(default_factory=list)
    entrypoint: list[str] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    runs: int = 0
    user: str = ""

    @property
    def listens(self) -> list[int]:
        """The first of its ports, each once."""
        return [port for port in dict.fromkeys(self.ports) if 0 < port < 65_536][:20]


def read(text: str, arguments: Mapping[str, str], target: str = "") -> Stage | None:
    """The stage that is the image: ``target``, or the last one. None if there is none."""
    known, stages = dict(arguments), list[Stage]()
    for word, rest in _instructions(text):
        match word:
            case "ARG":
                name, _, value = rest.partition("=")
                known.setdefault(name.strip(), value.strip().strip("\"'"))
            case "FROM":
                stages.append(_stage(_filled(rest, known), stages))
            case _:
                for stage in stages[-1:]:
                    _follow(stage, word, _filled(rest, {**known, **stage.variables}), rest)
    found = [stage for stage in stages if stage.name == target.lower()] if target else stages[-1:]
    return found[0] if found else None


def _instructions(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines()[:MOST_LINES] if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\[ \t]*\n", " ", "\n".join(lines))
    parts = (line.strip().partition(" ") for line in joined.splitlines() if line.strip())
    return [(word.upper(), rest.strip()) for word, _, rest in parts]


def _stage(rest: str, before: list[Stage]) -> Stage:
    words = [word for word in rest.split() if not word.startswith("--")]
    image = words[0] if words else ""
    name = words[2].lower() if len(words) > 2 and words[1].upper() == "AS" else ""
    for stage in before:
        if stage.name and stage.name == image.lower():
            return replace(deepcopy(stage), name=name)
    return Stage(name, (image,))


def _follow(stage: Stage, word: str, rest: str, written: str) -> None:
    match word:
        case "WORKDIR":
            stage.folder = rest if rest.startswith("/") else f"{stage.folder}/{rest}"
        case "CMD":
            stage.command = command(written)
        case "ENTRYPOINT":
            stage.entrypoint, stage.command = command(written), []
        case "EXPOSE":
            stage.ports += [int(n) for n in re.findall(r"\b([0-9]{1,5})(?:/tcp)?(?=\s|$)", rest)]
        case "ENV":
            stage.variables |= _variables(rest)
        case "RUN":
            stage.runs += 1
        case "USER":
            stage.user = rest
        case _:
            pass


def command(text: str) -> list[str]:
    """The list of JSON, or the words of a line; a line that needs a shell gets one."""
    if text.startswith("["):
        try:
            words = json.loads(text)
        except ValueError:
            return []
        return [str(word) for word in words] if isinstance(words, list) else []
    if re.search(r"[|&;<>$`*?(){}]", text):
        return ["sh", "-c", text]
    try:
        return shlex.split(text)
    except ValueError:
        return []


def _variables(rest: str) -> dict[str, str]:
    if "=" not in rest.partition(" ")[0]:
        name, _, value = rest.partition(" ")
        return {name: value.strip()}
    try:
        words = shlex.split(rest)
    except ValueError:
        return {}
    return {word.partition("=")[0]: word.partition("=")[2] for word in words if "=" in word}


def _filled(text: str, known: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        return known.get(found[1] or found[3], found[2] or "")

    return _ARGUMENT.sub(value, text)
