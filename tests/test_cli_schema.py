"""`schema`: of what is read, and of what is written."""

from __future__ import annotations

import json

import pytest

from tests.cli import sandboxctl


@pytest.mark.parametrize(
    ("option", "key"),
    [("--workshop", "teams"), ("--record", "blueprints"), ("--certificate", "not_claimed")],
)
def test_a_workshops_files_have_schemas(option: str, key: str) -> None:
    schema = json.loads(sandboxctl("schema", option).stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert key in schema["properties"]


def test_a_workshop_file_has_a_page_to_read() -> None:
    assert "| `spares` |" in sandboxctl("schema", "--workshop", "--reference").stdout


def test_what_is_only_written_has_none() -> None:
    answer = sandboxctl("schema", "--record", "--reference")
    assert answer.exit_code == 2
    assert "docs/workshops.md" in answer.stderr
