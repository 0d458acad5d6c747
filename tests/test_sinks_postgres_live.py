"""A PostgreSQL of its own is loaded as a sandbox's is, and gives back what our CSV says."""

from __future__ import annotations

import csv
import io
import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from sandboxctl.data.dataset import batches, order
from sandboxctl.data.model import Data
from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks.postgres import loading
from sandboxctl.data.sinks.text import csv_lines
from sandboxctl.engine.protocol import Answer
from sandboxctl.engine.tables import fill
from tests.everything import dataset

BIN = Path("/usr/lib/postgresql/15/bin")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (BIN / "initdb").exists(), reason="PostgreSQL 15 is not installed"),
]

AS_OURS = "SET intervalstyle = iso_8601; SET timezone = 'UTC'; SET datestyle = 'ISO'"

MADE = 'to_char(made, \'YYYY-MM-DD"T"HH24:MI:SS"Z"\')'

TABLES = ("visits", "events", "homes", "repairs")


@dataclass(frozen=True)
class Server:
    """A database of its own in it."""

    folder: Path
    name: str

    @property
    def command(self) -> tuple[str, ...]:
        connection = ("-h", str(self.folder), "-U", "postgres", "-d", self.name)
        return (str(BIN / "psql"), "-X", "-v", "ON_ERROR_STOP=1", "-q", *connection)

    def run(self, argv: Sequence[str], stdin: Iterable[bytes]) -> Answer:
        done = subprocess.run(
            argv, input=b"".join(stdin), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            check=False,
        )  # fmt: skip
        return Answer(done.returncode, done.stdout)

    def ask(self, *statements: str) -> str:
        words = [word for one in statements for word in ("-c", one)]
        answer = self.run([*self.command, "-At", *words], ())
        assert answer.status == 0, answer.output.decode()
        return answer.output.decode()

    def fill(self, data: Data, *tables: str) -> None:
        for table in order(data, tables):
            answer = fill(self.run, self.command, data, table, lambda _: None)
            assert answer.status == 0, answer.output.decode()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder = Path(name)
        user = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        os.chown(folder, user.pw_uid, user.pw_gid)

        def run(program: str, *words: str) -> None:
            who = {"user": user.pw_uid, "group": user.pw_gid} if os.geteuid() == 0 else {}
            done = subprocess.run([BIN / program, *words], capture_output=True, cwd=folder, **who)  # type: ignore[call-overload]
            assert done.returncode == 0, done.stderr

        data = str(folder / "data")
        run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
        # a server far from UTC: a moment is the same everywhere
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c timezone=America/New_York"
        run("pg_ctl", "-D", data, "-o", options, "-w", "-l", f"{folder}/log", "start")
        try:
            yield folder
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")


@pytest.fixture
def server(folder: Path, request: pytest.FixtureRequest) -> Server:
    """A database of its own for each test."""
    name = f"t{abs(hash(request.node.name))}"
    Server(folder, "postgres").ask(f"CREATE DATABASE {name}")
    return Server(folder, name)


@pytest.fixture(scope="module")
def made() -> Dataset:
    return dataset()


def ours(made: Dataset, table: str) -> list[list[str]]:
    lines = b"".join(map(csv_lines, batches(made, table))).decode()
    return [*csv.reader(io.StringIO(lines, newline=""), strict=True)]


def theirs(server: Server, made: Dataset, table: str) -> list[list[str]]:
    columns = ", ".join(f'"{name}"' for name in made.data.tables[table].columns)
    copied = f'COPY (SELECT {columns} FROM "{table}" ORDER BY ctid) TO STDOUT (FORMAT csv)'
    return [*csv.reader(io.StringIO(server.ask(AS_OURS, copied), newline=""), strict=True)]


def equal(server: Server, made: Dataset, table: str) -> None:
    """The same cells; what differs by way of writing is compared by the server itself."""
    left, right = ours(made, table), theirs(server, made, table)
    assert len(left) == len(right)
    for place, name in enumerate(made.data.tables[table].columns):
        assert [written(row[place]) for row in left] == [written(row[place]) for row in right], name


def written(cell: str) -> str:
    """Truth, moments and durations have two ways of being written."""
    if cell in ("true", "false"):
        return cell[0]
    if cell.startswith("PT") and cell.endswith(("S", "M", "H")):
        return str(seconds(cell))
    if len(cell) > 19 and cell[10] in " T" and cell[4] == cell[7] == "-":
        return cell.replace("T", " ").replace("+00", "").removesuffix("Z")
    return cell.removesuffix("Z").replace("T", " ") if cell[:2].isdigit() and "T" in cell else cell


def seconds(cell: str) -> int:
    found, number = 0, ""
    for letter in cell[2:]:
        if letter in "HMS":
            found, number = found + int(number) * {"H": 3600, "M": 60, "S": 1}[letter], ""
        else:
            number += letter
    return found


def test_every_kind_arrives_as_our_csv_has_it(server: Server, made: Dataset) -> None:
    server.fill(made.data, *TABLES)
    for table in TABLES:
        equal(server, made, table)


def test_keys_and_comments_of_tables_we_made(server: Server, made: Dataset) -> None:
    server.fill(made.data, *TABLES)
    keys = server.ask(
        "SELECT conrelid::regclass || ' ' || contype::text || ' ' || count(*) FROM pg_constraint "
        "WHERE contype <> 'n' GROUP BY conrelid, contype ORDER BY 1"
    ).split("\n")
    assert {"homes p 1", "repairs p 1", "visits p 1", "events f 1", "visits f 1"} <= {*keys}
    assert "repairs f 3" in keys
    assert "homes f 2" in keys  # to the repairs, in a circle, and to itself
    assert server.ask("SELECT obj_description('homes'::regclass)").startswith("Synthetic data: ")
    assert server.ask("INSERT INTO visits (repair, number) VALUES (1, 99) RETURNING repair")
    keys_of = ("id", "first", "code", "nhs", "big", "key")
    columns = made.data.tables["repairs"].columns.items()
    names = [name for name, one in columns if not one.is_missing and name not in keys_of]
    others = ", ".join(f'"{name}"' for name in names)
    keyed = '"first", "code", "nhs", "big", "key"'
    fresh = server.ask(
        "ALTER TABLE repairs DROP CONSTRAINT repairs_first_key",
        f"INSERT INTO repairs ({keyed}, {others}) SELECT first, 'new', 'new', 7, "
        f"gen_random_uuid(), {others} FROM repairs WHERE id = 1 RETURNING id",
    )
    assert fresh.strip() == "501"


def test_a_table_of_others_keeps_its_form(server: Server) -> None:
    columns: dict[str, Any] = {
        "id": {"kind": "sequence"},
        "name": {"kind": "full_name"},
        "trade": {"kind": "choice", "of": ["plumber", "roofer"]},
        "cost": {"kind": "money", "between": [-5, 99.5]},
        "made": {"kind": "timestamp", "between": ["1969-01-01", "2026-06-30"]},
        "done": {"kind": "boolean"},
        "born": {"kind": "date_of_birth", "missing": 0.3},
    }
    tables = {name: {"rows": 300, "columns": columns} for name in ("fits", "converts")}
    made = Dataset(Data.model_validate({"tables": tables}))
    server.ask(
        "CREATE DOMAIN short AS varchar(80)",
        "CREATE TYPE trade AS ENUM ('plumber', 'roofer')",
        "CREATE TABLE fits (extra xml, done boolean, born date, made timestamp, "
        "cost numeric(8, 1), name short, id smallserial PRIMARY KEY, trade varchar(10))",
        "CREATE TABLE converts (done text, born text, made timestamp, cost real, name char(60), "
        "trade trade, id serial)",
    )
    binary = {"id": "int2", "name": "varchar", "trade": "varchar", "cost": "numeric",
              "made": "timestamp", "done": "bool", "born": "date"}  # fmt: skip
    assert any("binary" in word for word in loading(made, "fits", binary, "").statements)
    server.fill(made.data, "fits", "converts")
    for table, born in (("fits", "born::text"), ("converts", "born")):
        rows = [dict(zip(columns, row, strict=True)) for row in ours(made, table)]
        found = server.ask(
            f"SELECT concat_ws('|', id, rtrim(name), trade, {MADE}, done::text, "
            f"coalesce({born}, '')) FROM {table} ORDER BY id"
        )
        same = ("id", "name", "trade", "made", "done", "born")
        assert found.splitlines() == ["|".join(row[name] for name in same) for row in rows]
    assert server.ask("SELECT nextval('fits_id_seq')").strip() == "301"
    assert float(server.ask("SELECT min(cost) FROM fits")) < 0
    sums = server.ask("SELECT sum(cost)::numeric(12, 1) FROM converts")
    assert float(sums) == pytest.approx(sum(float(row["cost"]) for row in rows), abs=0.5)


@pytest.mark.parametrize("form", ["binary", "csv", "fresh"])
def test_rows_that_break_off_leave_nothing(server: Server, form: str) -> None:
    """At the border of a piece the server cannot see that more was to come."""
    columns = {"id": {"kind": "sequence"}}
    made = Dataset(Data.model_validate({"tables": {"t": {"rows": 200_000, "columns": columns}}}))
    there = {}
    if form != "fresh":
        kind = "int8" if form == "binary" else "float4"
        server.ask(f"CREATE TABLE t (id {kind})", "INSERT INTO t VALUES (-1)")
        there = {"id": kind}
    load = loading(made, "t", there, "")
    words = [word for statement in load.statements for word in ("-c", statement)]
    some = [piece for _, piece in islice(load.rows, 2)]
    load.rows.close()  # type: ignore[attr-defined]  # a generator
    answer = server.run([*server.command, *words], some)
    assert answer.status
    assert "broke off" in answer.output.decode()
    if form == "fresh":
        assert server.ask("SELECT to_regclass('t') IS NULL").strip() == "t"
    else:
        assert server.ask("SELECT * FROM t").strip() == "-1"


def test_filling_twice_is_refused_by_the_key(server: Server, made: Dataset) -> None:
    server.fill(made.data, "homes")
    answer = fill(server.run, server.command, made.data, "homes", lambda _: None)
    assert answer.status
    assert server.ask("SELECT count(*) FROM homes").strip() == "600"


def test_truth_is_loaded_beside_its_table(server: Server) -> None:
    content = {
        "rows": 500,
        "columns": {"id": {"kind": "sequence"}, "name": {"kind": "full_name"}},
        "dirt": {"typos": {"rate": 0.3, "columns": ["name"]}, "duplicates": 0.1},
    }
    data = Data.model_validate({"tables": {"people": content}})
    for table in ("people", "people_truth"):
        answer = fill(server.run, server.command, data, table, lambda _: None)
        assert answer.status == 0, answer.output.decode()
    wrong = server.ask(
        "SELECT count(*) FROM people_truth t JOIN people p ON p.id::text = t.record "
        "WHERE t.field = 'name' AND p.name IS DISTINCT FROM t.stands"
    )
    assert wrong.strip() == "0"
    assert int(server.ask("SELECT count(*) FROM people_truth")) > 150
