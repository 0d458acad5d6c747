"""What must hold for any bytes at all: what is fuzzed, by hypothesis and by atheris."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import yaml

from sandboxctl.blueprint import scalars, syntax, tree, worked_out
from sandboxctl.blueprint.load import Facts, load
from sandboxctl.blueprint.reader import Document, read
from sandboxctl.errors import BlueprintError

FACTS = Facts("den.localhost", "http", 8080, "demo", "http://demo.den.localhost:8080")
NAMES: worked_out.Names = {"homes": 5, "town": "ab", "empty": "", **FACTS.names}
_FOLDER = Path(tempfile.gettempdir())


def loads(data: bytes) -> None:
    """A blueprint, or a refusal with its reasons; nothing else is ever raised.

    Templates are a target of their own: here they would start a process for each input.
    """
    with tempfile.NamedTemporaryFile(dir=_FOLDER, suffix=".yaml") as file:
        file.write(data.replace(b"{{", b"{ {"))
        file.flush()
        refused = None
        try:
            load(Path(file.name), facts=FACTS)
        except BlueprintError as error:
            refused = error
    assert refused is None or refused.refusals
    assert not scalars.hidden(str(refused))


def renders(data: bytes) -> None:
    """A value that fits its limits, or a refusal."""
    text = "{{ " + data.decode("utf-8", errors="replace") + " }}"
    (found,) = worked_out.here([text], NAMES)
    match found:
        case worked_out.Value(value=str() as value):
            assert len(value) <= 65_536
        case worked_out.Value(value=value):
            assert isinstance(value, int | float)
            assert abs(value) < 2**63
        case worked_out.Refusal(why, code):
            assert why
            assert code.startswith("DEN60")


def agree(data: bytes) -> None:
    """Both parsers see the same tree on the same lines, where both see one.

    Only of what is empty they may say that it stands on the line before.
    """
    one, other = read(data, yaml.SafeLoader), read(data, syntax.LOADER)
    if not one.problems and not other.problems:
        assert _seen(one) == _seen(other)


def _seen(document: Document) -> Any:
    return _lined(document.root) if document.root else None


def _lined(node: tree.Node) -> Any:
    match node:
        case tree.Scalar(value, line, text):
            return (type(value).__name__, value, text, line if text else 0)
        case tree.Sequence(items, line):
            return [line, *map(_lined, items)]
        case tree.Mapping(entries, lines, line):
            written = {key: line for key, line in lines.items() if key}
            return [line, written, {key: _lined(child) for key, child in entries.items()}]
