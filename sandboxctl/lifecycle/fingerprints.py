"""What is in a running sandbox, told shortly: equal if and only if the data is, in any order."""

from __future__ import annotations

from collections.abc import Iterable

from sandboxctl.data.sinks.sql import literal, quoted
from sandboxctl.engine.protocol import Engine
from sandboxctl.lifecycle.assemble import Assembled
from sandboxctl.sandbox.recipe import Container, Load

UNKNOWN = "cannot be read from outside"
_FILES = 'cd "$1" && find . -type f -exec sha256sum {} + | sort -k 2 | sha256sum'
_EMPTY = 'cd "$1" && find . -mindepth 1 -delete; echo broken > "$1/broken"'


def fingerprints(engine: Engine, sandbox: str, assembled: Assembled) -> dict[str, str]:
    """Table or folder → a fingerprint of what is in it; `UNKNOWN` where no command of the service
    can tell."""
    found = {
        f"{load.service}.{load.table}": _table(engine, sandbox, load) for load in _loads(assembled)
    }
    for container, folder in _folders(assembled):
        answer = engine.run(sandbox, container.name, ["sh", "-c", _FILES, "sh", folder])
        words = answer.output.decode(errors="replace").split()
        found[f"{container.name}:{folder}"] = words[0] if not answer.status and words else UNKNOWN
    return found


def broken(engine: Engine, sandbox: str, assembled: Assembled) -> list[str]:
    """Empty every filled table and every folder that keeps data: what was broken, in words."""
    told: list[str] = []
    for load in _loads(assembled):
        statement = f"TRUNCATE {quoted(load.table)} CASCADE"
        if not engine.run(sandbox, load.service, [*load.command, "-c", statement]).status:
            told.append(f"{load.service}.{load.table} emptied")
    for container, folder in _folders(assembled):
        if not engine.run(sandbox, container.name, ["sh", "-c", _EMPTY, "sh", folder]).status:
            told.append(f"{container.name}:{folder} emptied")
    return told


def _table(engine: Engine, sandbox: str, load: Load) -> str:
    """Rows are added up by their hashes, as a table has no order, in memory that does not grow."""
    name = literal(load.table)
    asked = (
        "SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0) "
        f"FROM {quoted(load.table)} t"
    )
    answer = engine.run(sandbox, load.service, [*load.command, "-At", "-c", asked])
    said = answer.output.decode(errors="replace").strip()
    return said if not answer.status and said else f"{name} {UNKNOWN}"


def _loads(assembled: Assembled) -> tuple[Load, ...]:
    fills = assembled.baseline.fill if assembled.baseline else ()
    return tuple(load for load in fills if load.table)


def _folders(assembled: Assembled) -> Iterable[tuple[Container, str]]:
    for container in assembled.recipe.containers.values():
        for folder in container.writable:
            yield container, folder
