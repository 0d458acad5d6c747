"""Blueprints for the tests: the notebook, small enough to be started many times."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import yaml

NOTEBOOK = Path(__file__).parent / "engines" / "notebook"

Document = dict[str, Any]


def notebook(name: str = "notebook") -> Document:
    """`web` keeps nothing; `book`, under /book, keeps lines. Both are the same program."""
    return {
        "blueprint": 1,
        "name": name,
        "opens": {"/": "web", "/book": "book"},
        "services": {
            "web": {
                "source": "./app",
                "runtime": "python",
                "command": ["python3", "app.py"],
                "expose": [8000],
                "healthcheck": {"http": "/health", "start_period": "30s"},
                "mem_limit": "64m",
                "stop_grace_period": "1s",
            },
            "book": {"extends": {"service": "web"}, "writable": ["/data"]},
        },
    }


def page(name: str = "page") -> Document:
    """The same program alone, and nothing that lasts."""
    document = notebook(name)
    del document["services"]["book"]
    return document | {"opens": "web"}


def written(folder: Path, document: Document) -> Path:
    """A blueprint's folder with ``document`` in it; called again, it is changed."""
    folder.mkdir(parents=True, exist_ok=True)
    app = folder / "app"
    app.mkdir(exist_ok=True)
    shutil.copy(NOTEBOOK / "app.py", app)
    text = yaml.safe_dump(apart(document), sort_keys=False)
    (folder / "blueprint.yaml").write_text(text)
    return folder


def apart(document: Document) -> Document:
    """A copy that shares nothing, not even within itself: else YAML would write references."""
    copied: Document = json.loads(json.dumps(document))
    return copied
