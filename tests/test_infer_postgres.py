"""A PostgreSQL of its own: everything is counted in the server, and nothing is written to it."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from sandboxctl.data.infer.infer import seen
from sandboxctl.data.scan.cells import Unreadable
from tests.inferred import columns, inferred

BIN = Path("/usr/lib/postgresql/15/bin")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (BIN / "initdb").exists(), reason="PostgreSQL 15 is not installed"),
]

SCRIPT = """
CREATE TYPE st AS ENUM ('open', 'shut');
CREATE TABLE people (id int PRIMARY KEY, full_name text, "Born On" date, nino text,
  email varchar(80), score numeric(8,2), state st, vip boolean, made timestamptz, ref text UNIQUE,
  picture bytea, notes text, weight real, level int, area text);
INSERT INTO people SELECT i, 'Zqx Zebra' || i, date '1950-01-01' + i * 10,
  'AB' || lpad(i::text, 6, '0') || 'C', 'zqx' || i || '@zig.org', i / 7.0,
  (CASE WHEN i % 4 = 0 THEN 'open' ELSE 'shut' END)::st, i % 2 = 0,
  timestamptz '2021-03-03' + i * interval '1 hour', 'APP-' || lpad(i::text, 6, '0'), 'x',
  'zqx words ' || i, CASE WHEN i = 7 THEN 'NaN' ELSE i * 1.5 END, i % 3,
  CASE WHEN i < 9 THEN 'zqx' WHEN i % 2 = 0 THEN 'north' ELSE 'south' END
  FROM generate_series(1, 400) i;
CREATE TABLE visits (client_id int, line int, area_id int, state text, place text, kind text,
  case_ref text);
INSERT INTO visits SELECT i % 20, i, i % 3, CASE WHEN i % 20 < 3 THEN 'zqxrare' ELSE 'open' END,
  (i % 20) || ' Zqx Road, Zqxley', 'urban', CASE WHEN i < 9 THEN 'zqx' END
  FROM generate_series(1, 400) i;
CREATE SCHEMA other;
CREATE TABLE other.cases (case_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  person int NOT NULL REFERENCES people, seen_on date);
INSERT INTO other.cases (person, seen_on) SELECT i, CASE WHEN i = 1 THEN 'infinity'::date END
  FROM generate_series(1, 200) i UNION ALL SELECT i, NULL FROM generate_series(1, 100) i;
CREATE TABLE pictures (raw bytea PRIMARY KEY, n int, nino text);
CREATE TABLE nothing ();
ANALYZE;
"""


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    """A server on a socket in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        data = Path(folder) / "data"
        user = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        os.chown(folder, user.pw_uid, user.pw_gid)

        def run(program: str, *words: str) -> None:
            who = {"user": user.pw_uid, "group": user.pw_gid} if os.geteuid() == 0 else {}
            done = subprocess.run([BIN / program, *words], capture_output=True, cwd=folder, **who)  # type: ignore[call-overload]
            assert done.returncode == 0, done.stderr

        run("initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "-D", str(data), "-o", options, "-w", "-l", f"{folder}/log", "start")
        try:
            run("psql", "-h", folder, "-U", "postgres", "-qc", SCRIPT)
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")


def test_tables_columns_and_references(dsn: str) -> None:
    text = inferred(dsn)
    people = columns(text, "people")
    assert {name: one["kind"] for name, one in people.items()} == {
        "id": "sequence",
        "full_name": "full_name",
        "born_on": "date_of_birth",
        "nino": "nino",
        "email": "email",
        "score": "decimal",
        "state": "choice",
        "vip": "boolean",
        "made": "timestamp",
        "ref": "pattern",
        "notes": "text",
        "weight": "decimal",
        "level": "choice",
        "area": "choice",
    }
    assert people["state"]["of"] == {"shut": 0.75, "open": 0.25}
    assert people["area"]["of"] == {"north": 0.49, "south": 0.49, "other": 0.02}
    assert people["nino"] == {"kind": "nino", "unique": True}
    assert "picture: left out, it holds bytea" in text
    cases = yaml.safe_load(text)["data"]["tables"]["other_cases"]
    assert cases["rows"] == {"per": "people", "count": {0: 0.5, 1: 0.25, 2: 0.25}}
    assert cases["columns"]["person"] == {"kind": "reference", "to": "people.id"}
    assert "key" not in yaml.safe_load(text)["data"]["tables"]["pictures"]


def test_persons_with_many_rows_are_counted_once(dsn: str) -> None:
    visits = columns(inferred(dsn), "visits")
    assert visits["state"] == {"kind": "choice", "of": {"open": 0.85, "other": 0.15}}
    assert visits["kind"] == {"kind": "choice", "of": {"urban": 1.0}}
    assert visits["place"] == {"kind": "address"}


def test_no_value_comes_out(dsn: str) -> None:
    assert "zqx" not in inferred(dsn).lower()


def test_who_may_not_read_is_told_without_the_password() -> None:
    with pytest.raises(Unreadable, match="cannot be read") as told:
        seen("postgresql://me:secret@/x?host=/nowhere")
    assert "secret" not in f"{told.value}{told.value.hint}"
