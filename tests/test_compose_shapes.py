"""Compose files of many shapes → blueprints: word for word, valid or asked, without a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandboxctl.compose.converting import convert
from tests import converted
from tests.converted import HUSH, file, outcome, unlisted

SHAPES = converted.names()
ASKED = {
    "compiled": {"services.api", "services.remote"},
    "no-web": {"opens"},
    "node-source": {"services.front.command"},
    "odd": {"services.web.image"},
    "plain-dockerfile": {"services.short.build"},
    "python-unpinned": {"services.web.source"},
    "required": {"parameters.region"},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_blueprint_is_the_one_that_is_written_down(shape: str) -> None:
    made = convert(file(shape), shape, make=converted.made_up).files["blueprint.yaml"]
    expected = (converted.EXPECTED / f"{shape}.yaml").read_text(encoding="utf-8")
    assert made == expected


@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_valid_or_every_complaint_was_asked(shape: str, tmp_path: Path) -> None:
    found = outcome(file(shape), tmp_path / shape)
    questions = {".".join(map(str, q.at)) for q in found.converted.report.questions}
    assert questions == ASKED.get(shape, set())
    assert unlisted(found) == []
    assert bool(found.problems) == bool(questions)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_secret_comes_along(shape: str, tmp_path: Path) -> None:
    found = outcome(file(shape), tmp_path / shape)
    kept = [path for path in found.folder.rglob("*") if path.is_file()]
    assert kept
    assert [p.name for p in kept if HUSH in p.read_text(encoding="utf-8")] == []
    assert HUSH not in repr(found.converted.report)


def test_there_are_enough_shapes_to_mean_something() -> None:
    assert len(SHAPES) >= 25
    secrets = [s for s in SHAPES if any(HUSH in p.read_text() for p in _files(s))]
    assert len(secrets) >= 8


def _files(shape: str) -> list[Path]:
    return [path for path in (converted.SHAPES / shape).rglob("*") if path.is_file()]
