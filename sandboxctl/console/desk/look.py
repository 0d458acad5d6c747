"""What can be said of a stranger's folder without starting anything; in a process of its own.

    python -m sandboxctl.console.desk.look FOLDER

writes one JSON document. The same functions as `validate`, `plan --picture` and `data preview`. It
has a minute of processor and no more memory than a page needs: whoever is looked at chooses what
that costs.
"""

from __future__ import annotations

import errno
import json
import re
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandboxctl.blueprint.templates import bundled
from sandboxctl.console.desk.problems import problems
from sandboxctl.errors import BlueprintError

if TYPE_CHECKING:
    from sandboxctl.blueprint.load import Loaded
    from sandboxctl.blueprint.model import Blueprint
    from sandboxctl.lifecycle.assemble import Assembled

SECONDS = 30
"""Of a processor."""
MEMORY = 4 * 1024**3
"""Bytes of addresses; what maps files and pools uses few of them."""
WRITTEN = 64 * 1024**2
ROWS = 12
TABLES = 20
TOO_MUCH = 75
"""How it ends where a limit is met."""
_FULL = (errno.ENOMEM, errno.EFBIG, errno.ENOSPC, errno.EDQUOT)
PAGE = "images/gateway/pages/not-answering.html"
"""What the gateway shows where a service does not answer."""
CELL = 80
"""Characters of a value that are shown."""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    try:
        told = json.dumps(looked_at(Path(sys.argv[1])))
    except MemoryError:
        sys.exit(TOO_MUCH)
    except OSError as error:
        sys.exit(TOO_MUCH if error.errno in _FULL else repr(error))
    sys.stdout.write(told)


def looked_at(folder: Path) -> dict[str, Any]:
    """``problems``, each with what its code says; where there are none also ``facts`` about what it
    is and needs, its ``picture`` and that as ``text``, ``tables`` with their first rows, which
    services ``fail`` how, and what is ``seen`` then."""
    from sandboxctl.blueprint.load import Facts, find, load
    from sandboxctl.lifecycle.assemble import assemble

    try:
        path = find(str(folder))
        loaded = load(path, facts=Facts("localhost", "http", 80, "sandbox", "http://localhost"))
        assembled = assemble(loaded)
    except BlueprintError as error:
        return {"problems": problems(error, folder)}
    return {
        "problems": [],
        "facts": _facts(loaded, assembled),
        **_picture(assembled),
        "tables": _tables(loaded.blueprint),
        "fails": _fails(loaded, assembled),
        "seen": _seen(),
    }


def _facts(loaded: Loaded, assembled: Assembled) -> dict[str, Any]:
    from sandboxctl.blueprint import origin_files

    asked, recipe = loaded.blueprint, assembled.recipe
    return {
        "name": asked.name,
        "title": asked.title or asked.name,
        "services": len(asked.services),
        "memory": recipe.memory // 1024**2,
        "processors": sum(one.cpus for one in asked.services.values()),
        "builds": len(assembled.builds),
        "pulls": list(assembled.pulls),
        "unpinned": list(origin_files.unpinned(asked, loaded.folder)),
        "secrets": [name for name, secret in asked.secrets.items() if secret.ask],
        "parameters": {name: str(one.default) for name, one in asked.parameters.items()},
        "exceptions": [
            {"service": one.service, "grant": one.grant, "reason": one.reason}
            for one in asked.exceptions
        ],
        "spares": not recipe.names_sandbox,
    }


def _picture(assembled: Assembled) -> dict[str, str]:
    from sandboxctl.report import picture
    from sandboxctl.report.pictured import pictured, text

    facts = pictured(assembled.recipe, assembled.baseline, None)
    return {"picture": picture.drawn(facts), "text": text(facts)}


def _tables(blueprint: Blueprint) -> list[dict[str, Any]]:
    if blueprint.data is None:
        return []
    from sandboxctl.data.preview import page
    from sandboxctl.data.scope import Dataset
    from sandboxctl.data.tables import length, names

    made = Dataset(blueprint.data)
    found = []
    for name in names(made)[:TABLES]:
        rows = page(made, name, 0, ROWS)
        columns = list(rows[0]) if rows else []
        found.append(
            {
                "name": name,
                "rows": length(made, name),
                "columns": columns,
                "page": [[_short(row[one]) for one in columns] for row in rows],
            }
        )
    return found


def _short(value: object) -> str | None:
    return None if value is None else str(value)[:CELL]


def _fails(loaded: Loaded, assembled: Assembled) -> list[dict[str, Any]]:
    """Each service, the paths that it answers, and what waits for it."""
    services = loaded.blueprint.services
    return [
        {
            "service": name,
            "paths": [path for path, way in assembled.recipe.opens.items() if way.service == name],
            "needed_by": sorted(n for n, one in services.items() if name in one.depends_on),
        }
        for name in services
    ]


def _seen() -> dict[str, Any]:
    """The gateway's own page, in its words: what it is called, what it says, what can be done."""
    text = (bundled("templates") / PAGE).read_text(encoding="utf-8")
    title, says = re.findall(r"<(?:h1|p)>(.*?)</(?:h1|p)>", text.partition("<main>")[2])[:2]
    told = [re.sub(r"<[^>]*>", "", one) for one in re.findall(r"<li>(.*?)</li>", text)]
    return {"title": title, "says": says, "can": told}


if __name__ == "__main__":
    main()
