"""Whatever happens inside becomes words and an exit code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandboxctl.cli.called import named
from sandboxctl.cli.visible import line, uncoloured, visible
from sandboxctl.engine import connect
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.errors import EngineError, PolicyError, SandboxError
from tests.cli import blueprint, process, sandboxctl

SLOW = r"""
import sys, time
from sandboxctl.cli.main import main
from sandboxctl.engine import connect, memory
class Slow(memory.MemoryEngine):
    def apply(self, sandbox, operation, note):
        time.sleep(0.2)
        sys.stderr.write(f"began {operation}\n")
        time.sleep(float(sys.argv[2]))
        super().apply(sandbox, operation, note)
        sys.stderr.write(f"finished {operation}\n")
connect.IN_MEMORY["den"] = Slow()
main(["-H", "memory", "up", sys.argv[1]])
"""


class Failing(MemoryEngine):
    """An engine that answers with whatever it was given."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def sandboxes(self) -> Sequence[str]:
        raise self.error


@pytest.fixture(autouse=True)
def _den(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    connect.IN_MEMORY.clear()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SandboxError("it broke", hint="mend it"), 1),
        (EngineError("it broke", hint="mend it"), 4),
    ],
)
def test_an_error_is_words_a_hint_and_a_code(error: SandboxError, code: int) -> None:
    connect.IN_MEMORY["den"] = Failing(error)
    plain, as_json = sandboxctl("ls"), sandboxctl("ls", "--json")
    assert (plain.exit_code, plain.stderr) == (code, "it broke\n  → mend it\n")
    assert json.loads(as_json.stderr) == {"error": "it broke", "hint": "mend it", "code": code}
    assert plain.stdout == as_json.stdout == ""


def test_a_refusal_names_its_code_and_where_more_is_said_of_it() -> None:
    connect.IN_MEMORY["den"] = Failing(PolicyError("no", hint="mend it", code="DEN301"))
    plain, as_json = sandboxctl("ls"), sandboxctl("ls", "--json")
    assert plain.exit_code == as_json.exit_code == 3
    assert plain.stderr == (
        "no [DEN301]\n  → mend it\n  → `sandboxctl explain DEN301` says why, and how to mend it.\n"
    )
    said = {"error": "no", "hint": "mend it", "code": 3, "codes": ["DEN301"]}
    assert json.loads(as_json.stderr) == said


def test_what_a_supplier_wrote_cannot_drive_the_terminal() -> None:
    hostile = "\x1b[2J\x9b31m\x07[red]x[/y] \u202egnp.exe\r"
    connect.IN_MEMORY["den"] = Failing(SandboxError(hostile, hint=hostile))
    said = sandboxctl("ls").stderr
    assert not set("\x1b\x9b\x07\r\u202e") & set(said)
    assert r"\x1b[2J\x9b31m\x07[red]x[/y] \u202egnp.exe\r" in said


def test_only_what_a_terminal_acts_on_is_changed() -> None:
    assert visible("Rhywbeth – ysgol → 家\tok\n") == "Rhywbeth – ysgol → 家\tok\n"
    assert visible("\ud83d") == r"\ud83d"
    assert line("one\ntwo\tthree") == "one two three"


def test_colour_is_left_out_of_a_log_and_nothing_else() -> None:
    assert uncoloured("\x1b[1;31mred\x1b[0m \x9b32mgreen\x1b[m\r\n") == "red green"
    assert uncoloured("\x1b[2J\x1b]0;x\x07") == r"\x1b[2J\x1b]0;x\x07"


def test_commands_are_named_as_they_have_to_be_typed(tmp_path: Path) -> None:
    ours, other = (tmp_path / folder / "sandboxctl" for folder in ("my bin", "other"))
    for path in (ours, other):
        path.parent.mkdir()
        path.touch()
    assert named(str(ours), str(ours)) == "sandboxctl"
    assert named(str(ours), None) == named(str(ours), str(other)) == f"'{ours}'"
    module = str(tmp_path / "sandboxctl" / "__main__.py")
    assert named(module, None) == f"{sys.executable} -m sandboxctl"
    assert named(module, str(Path(sys.executable).with_name("sandboxctl"))) == "sandboxctl"
    assert named("/usr/bin/pytest", None) == "sandboxctl"


def test_a_mistake_of_ours_names_a_file(tmp_path: Path) -> None:
    connect.IN_MEMORY["den"] = Failing(ZeroDivisionError("far inside"))
    result = sandboxctl("ls")
    assert result.exit_code == 70
    assert "Traceback" not in result.stderr
    (kept,) = (tmp_path / "state" / "sandboxctl").iterdir()
    assert str(kept) in result.stderr
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "ZeroDivisionError: far inside" in kept.read_text()
    assert "sandboxctl 0" in kept.read_text()


def test_a_mistake_of_ours_where_no_file_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    connect.IN_MEMORY["den"] = Failing(ZeroDivisionError("far inside"))
    result = sandboxctl("ls", "--json")
    assert (result.exit_code, json.loads(result.stderr)["code"]) == (70, 70)
    assert "far inside" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["dwon"], "Did you mean `down`?"),
        (["completely-else"], "There is no command `completely-else`."),
        (["up"], "Missing argument 'BLUEPRINT'"),
        (["up", "x", "--lifetme", "4h"], "--lifetime"),
        (["up", "x", "--lifetime", "4"], "duration such as 20s"),
        (["up", "x", "--lifetime", "40d"], "between 1m and 14d"),
        (["up", "x", "--until", "25:00"], "time of day such as 17:00"),
        (["up", "x", "--until", "17:00", "--lifetime", "4h"], "exclude each other"),
        (["up", "x", "--set", "homes"], "should be KEY=VALUE"),
        (["up", "x", "--secret", "KEY=visible"], "write KEY=@FILE"),
        (["up", "x", "--secret", "KEY=@/nowhere"], "/nowhere cannot be read"),
        (["down"], "say which"),
        (["down", "a", "--all"], "say which"),
        (["logs", "a", "--tail", "-1"], "-1"),
    ],
)
def test_a_wrong_command_line_is_2_and_says_what_is_meant(words: list[str], said: str) -> None:
    plain, as_json = sandboxctl(*words), sandboxctl("--json", *words)
    assert plain.exit_code == as_json.exit_code == 2
    assert said in plain.stderr
    assert json.loads(as_json.stderr)["code"] == 2


def test_json_after_two_dashes_is_not_ours() -> None:
    result = sandboxctl("exec", "nobody", "web", "--", "cat", "--json")
    assert result.exit_code != 0
    assert not result.stderr.startswith("{")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_finishes_what_runs_and_starts_nothing_more(
    tmp_path: Path, number: signal.Signals
) -> None:
    with process(blueprint(tmp_path / "page"), "0.5", script=SLOW) as running:
        assert running.stderr
        seen = []
        for text in running.stderr:
            seen.append(text)
            if text.startswith("began"):
                break
        running.send_signal(number)
        said = "".join([*seen, *running.stderr])
    assert running.returncode == 130
    assert "Stopped. What was begun is finished or removed by the next `up` or `down`." in said
    assert said.count("\nbegan ") == said.count("\nfinished ") > 0


def test_a_second_interruption_leaves_at_once(tmp_path: Path) -> None:
    with process(blueprint(tmp_path / "page"), "20", script=SLOW) as running:
        assert running.stderr
        for text in running.stderr:
            if text.startswith(("began ", "Stopping")):
                running.send_signal(signal.SIGINT)
                began = time.monotonic()
    assert running.returncode == 130
    assert time.monotonic() - began < 5


def test_a_reader_who_goes_away_is_no_error() -> None:
    command = f"set -o pipefail; {sys.executable} -m sandboxctl schema | head -c 1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30)
    assert result.stderr == ""
    assert len(result.stdout) == 1


def test_a_terminal_of_another_age_gets_what_it_can_show() -> None:
    with process("dwon", PYTHONIOENCODING="latin-1:strict") as running:
        assert "\\u2192" in running.communicate(timeout=20)[1]
    assert running.returncode == 2
