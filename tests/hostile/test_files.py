"""A stranger's file is refused before anything runs: each with its code, and quickly."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from sandboxctl import codes
from tests.hostile import data, images, mounts, privileges, templates, yaml_files
from tests.hostile.case import OUTSIDE, SECRET, Case

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
CASES = tuple(
    case
    for part in (yaml_files, privileges, mounts, images, templates, data)
    for case in part.CASES
)
LONGEST = 2.0
"""Seconds of a processor, without those of a template's own process."""

Verdicts: TypeAlias = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    (made / OUTSIDE).write_text(SECRET)
    return made


@pytest.fixture(scope="session")
def verdicts(folder: Path) -> Verdicts:
    """All cases, read one after the other in one process that has little memory."""
    folders = [str(case.write(folder / case.name)) for case in CASES]
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.reading", str(ROOT / "examples/02-web-and-database")],
        input=json.dumps(folders),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(zip((case.name for case in CASES), json.loads(done.stdout), strict=True))


def test_no_case_is_there_twice_and_there_are_enough() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 150


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_refused_with_its_code_where_it_stands(
    case: Case, verdicts: Verdicts, folder: Path
) -> None:
    verdict = verdicts[case.name]
    fitting = [one for one in verdict["refusals"] if one["code"] == case.code]
    assert fitting, verdict["refusals"][:5]
    if case.key:
        fitting = [one for one in fitting if one["key"] == case.key]
        assert fitting, verdict["refusals"][:5]
    if case.line:
        fitting = [one for one in fitting if one["line"] == case.line]
        assert fitting, verdict["refusals"][:5]
    assert case.said in fitting[0]["why"]
    assert fitting[0]["file"] in ("", str(folder / case.name / case.file))
    policy = any(codes.ALL[one["code"]].policy for one in verdict["refusals"])
    assert verdict["exit"] == (3 if policy else 2)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_took_no_time_and_touched_nothing(case: Case, verdicts: Verdicts, folder: Path) -> None:
    verdict = verdicts[case.name]
    assert verdict["seconds"] < LONGEST
    assert verdict["done"] == []
    allowed = (str(folder / case.name), str(ROOT), sys.base_prefix, sys.prefix, "/tmp", "/dev/null")
    strange = [path for path in verdict["opened"] if path[:1] == "/" != path]
    assert [path for path in strange if not path.startswith(allowed)] == []
    assert str(folder / OUTSIDE) not in verdict["opened"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_said_of_it_is_safe_to_print(case: Case, verdicts: Verdicts) -> None:
    for one in verdicts[case.name]["refusals"]:
        said = f"{one['key']} {one['why']}"
        assert len(said) < 2_000
        assert SECRET not in said
