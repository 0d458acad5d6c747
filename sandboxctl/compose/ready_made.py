"""Well-known images → the den's own templates, where nothing that matters is lost."""

from __future__ import annotations

import re
from pathlib import Path

from sandboxctl.blueprint import catalogue, real_data
from sandboxctl.compose import raw, volumes
from sandboxctl.compose.draft import Part
from sandboxctl.compose.known import repository

_INIT = "/docker-entrypoint-initdb.d"
_VERSION = 15
_MOST_SQL = 20 * 1024 * 1024
_SUPERUSER = re.compile(
    r"\bCREATE\s+(EXTENSION|DATABASE|ROLE|USER)\b|\bALTER\s+(SYSTEM|ROLE|USER)\b|^\\c",
    re.IGNORECASE | re.MULTILINE,
)
_REDIS = re.compile(
    r"redis-server|--(appendonly|save|loglevel|bind|port|dir|protected-mode)|yes|no|[0-9 ]*"
    r"|warning|notice|0\.0\.0\.0|/data|\"\""
)
_OWN = frozenset(["POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE",
                  "POSTGRES_HOST_AUTH_METHOD", "POSTGRES_INITDB_ARGS", "POSTGRES_HOST",
                  "POSTGRES_PORT"])  # fmt: skip
"""What the official image reads, and what projects call it for others; more is for scripts."""


def settle(part: Part, variables: dict[str, str]) -> bool:
    """Whether the part is a template now; ``variables`` are all of its environment."""
    match repository(part.draft.settled(part.given.get("image"))):
        case "postgres" if _plain_postgres(part, variables):
            return _postgres(part, variables)
        case "redis" | "valkey/valkey" if _plain_redis(part):
            return _redis(part)
        case _:
            return False


def _plain_postgres(part: Part, variables: dict[str, str]) -> bool:
    own = {name for name in variables if name.startswith("POSTGRES_")}
    if part.given.get("entrypoint") or not own <= _OWN:
        return False
    return not part.words("command") or part.words("command")[0] == "postgres"


def _postgres(part: Part, variables: dict[str, str]) -> bool:
    user = part.draft.settled(variables.get("POSTGRES_USER")) or "postgres"
    database = part.draft.settled(variables.get("POSTGRES_DB")) or user
    text = catalogue.template("postgres").with_["user"]
    if catalogue.wrong(text, user) or catalogue.wrong(text, database):
        return False
    schema, all_taken = _schema(part)
    if not all_taken:
        return False
    part.made["template"] = "postgres"
    part.made["with"] = {
        "database": database,
        "user": user,
        **({"schema": schema} if schema else {}),
    }
    lost = ["its password (the network is the sandbox's own, so none is asked)"]
    if not _is_ours(part.draft.settled(part.given.get("image"))):
        lost.append(f"its version: it is PostgreSQL {_VERSION}")
    if part.words("command"):
        lost.append(f"its settings ({part.draft.shown(part.given.get('command'))})")
    part.decide("replaced", "image", f"lost are {'; '.join(lost)}", instead="template: postgres")
    part.leave("environment", "volumes", "command", "healthcheck", "ports", "expose", "user",
               "shm_size", "secrets", "configs", "env_file", "tmpfs", "read_only")  # fmt: skip
    return True


def _is_ours(image: str) -> bool:
    """Whether it names the version that the template has: `postgres:15.4-alpine`."""
    return bool(re.match(rf"{_VERSION}(?![0-9])", image.partition("@")[0].rpartition(":")[2]))


def _schema(part: Part) -> tuple[str, bool]:
    """The SQL that makes the tables, as one file; and whether that is all there was."""
    found: list[Path] = []
    for item in raw.listed(part.given.get("volumes")):
        mount = volumes.read(part, item)
        if not mount or not mount.target.startswith(_INIT):
            continue
        try:
            path = part.nearby.path(mount.source)
        except ValueError as error:
            part.decide("left out", "volumes", f"{mount.source} {error}", found=item)
            part.remark(f"{mount.source} {error}; with it: `schema` under `with`")
            continue
        found += (
            sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]
        )
    if any(file.suffix != ".sql" or file.stat().st_size > _MOST_SQL for file in found):
        return "", False
    texts = [file.read_bytes().decode("utf-8", errors="replace") for file in found]
    if not texts:
        return "", True
    if any(map(part.draft.credentials.leaked, texts)):
        part.ask(
            "volumes", (), "its SQL has a secret of the Compose file in it; write `schema` without"
        )
        return "", True
    return _written(part, found, texts), True


def _written(part: Part, found: list[Path], texts: list[str]) -> str:
    place = f"files/{part.name}/schema.sql"
    part.draft.copies[place] = "\n".join(texts)
    names = ", ".join(file.name for file in found)
    why = "is loaded before `fill`, by the owner of the database"
    if any(map(_SUPERUSER.search, texts)):
        why += "; it has statements that only a superuser may give (extensions, roles)"
    part.decide("replaced", "volumes", why, instead=f"schema: ./{place}", found=names)
    for problem in real_data.problems(found):
        part.ask(
            "volumes", ("with",), f"{Path(problem.file or '').name}: {problem.why}", found=names
        )
    return f"./{place}"


def _plain_redis(part: Part) -> bool:
    """A password or a file of settings needs the image itself: clients would be refused."""
    words = part.words("command")
    mounted = [volumes.read(part, item) for item in raw.listed(part.given.get("volumes"))]
    if part.given.get("entrypoint") or any(mount and mount.target != "/data" for mount in mounted):
        return False
    return all(_REDIS.fullmatch(word) for word in words) and not {"--port", "6380"} & set(words)


def _redis(part: Part) -> bool:
    part.made["template"] = "redis"
    why = "it keeps nothing on disk: what is in it is lost when it is started again"
    part.decide("replaced", "image", why, instead="template: redis")
    part.leave("volumes", "command", "healthcheck", "ports", "expose", "user", "environment",
               "env_file", "sysctls", "secrets", "configs", "tmpfs", "read_only")  # fmt: skip
    return True
