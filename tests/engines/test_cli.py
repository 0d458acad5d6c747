"""The command line on a real engine: what only shows with real services and a real terminal."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import prototypes
from tests.cli import Screen, at_terminal, facts_in
from tests.conftest import Cli, Written

pytestmark = pytest.mark.engine

PROGRAM = [sys.executable, "-m", "sandboxctl"]


@pytest.fixture
def running(cli: Cli, written: Written, sandbox: str) -> Iterator[str]:
    """The notebook, brought up and taken away by the command line; the name of its sandbox."""
    cli("up", str(written(prototypes.notebook())), "--name", sandbox)
    yield sandbox
    cli("down", sandbox)


def screen(cli: Cli, *words: str, typed: dict[str, str] | None = None) -> Screen:
    return at_terminal(*words, typed=typed, environment=cli.environment)


def test_the_answer_of_up_leads_to_a_page_that_answers(cli: Cli, running: str) -> None:
    said = facts_in(cli("open", running, "--print").stdout)
    assert said["answers"] == ["200"]
    assert said["url"][0].startswith(f"http://{running}.")
    row = json.loads(cli("ls", "--json").stdout)
    assert next(one for one in row if one["sandbox"] == running)["state"] == "ready"


def test_reset_is_done_when_the_page_answers(cli: Cli, running: str) -> None:
    said = facts_in(cli("reset", running).stdout)
    assert said["generation"] == ["2"]
    assert said["first page"] == ["200"]
    assert said["lost"] == ["what was entered in book"]


def test_exec_gives_input_takes_output_and_the_exit_status(cli: Cli, running: str) -> None:
    words = [*PROGRAM, "exec", running, "web", "--"]
    environment = dict(cli.environment)
    upper = subprocess.run(
        [*words, "python3", "-c", "import sys; print(sys.stdin.read().upper()); sys.exit(7)"],
        input=b"hello",
        capture_output=True,
        env=environment,
        timeout=60,
    )
    assert (upper.returncode, upper.stdout) == (7, b"HELLO\n")
    assert json.loads(cli("exec", "--json", running, "web", "id", "-u").stdout)["status"] == 0


def test_exec_at_a_terminal_is_a_terminal_inside(cli: Cli, running: str) -> None:
    # An engine is told the size once the program runs; before that it is 0.
    asked = (
        "import os, time; input('? '); end = time.monotonic() + 10\n"
        "while not os.get_terminal_size().columns and time.monotonic() < end: time.sleep(0.05)\n"
        "print(os.get_terminal_size().columns, os.isatty(0)); exit(9)"
    )
    seen = screen(cli, "exec", running, "web", "--", "python3", "-c", asked, typed={"? ": "yes\r"})
    assert "100 True" in seen.text
    assert seen.code == 9


def test_exec_without_a_terminal_inside_shows_what_it_would_have_obeyed(
    cli: Cli, running: str
) -> None:
    seen = screen(cli, "exec", "-T", running, "web", "--", "printf", r"\033[2Jcleared")
    assert r"\x1b[2Jcleared" in seen.text
    assert "\x1b[2J" not in seen.text


def test_logs_stand_after_the_name_of_their_service(cli: Cli, running: str) -> None:
    assert "web: the notebook is open\n" in cli("logs", running, "web").stdout
    lines = cli("logs", running, "--json").stdout.splitlines()
    both = {json.loads(line)["service"] for line in lines}
    assert both == {"book", "web"}
    assert cli("logs", running, "nobody", code=1).stderr.count("→") == 1


def test_logs_are_followed_until_interrupted(cli: Cli, running: str) -> None:
    title = r"printf '\033]0;x\007\n' > /proc/1/fd/1"
    with cli.begin("logs", running, "web", "--follow") as following:
        give_up = threading.Timer(60, following.kill)
        give_up.start()
        try:
            assert following.stdout
            assert following.stdout.readline() == "web: the notebook is open\n"
            cli("exec", running, "web", "--", "sh", "-c", title)
            assert any(line == "web: \\x1b]0;x\\x07\n" for line in following.stdout)
        finally:
            following.terminate()
            give_up.cancel()
        following.stdout.read()
    assert following.returncode == 130


def test_what_a_service_says_in_its_last_words_cannot_drive_the_terminal(
    cli: Cli, written: Written, sandbox: str
) -> None:
    document = prototypes.page()
    hostile = r"print('\x1b]0;gotcha\x07 [red]x[/y]'); raise SystemExit(3)"
    document["services"]["web"]["command"] = ["python3", "-c", hostile]
    failed = cli("up", str(written(document)), "--name", sandbox, code=1)
    assert "gotcha" in failed.stderr
    assert "\x1b" not in failed.stderr
    assert r"[red]x[/y]" in failed.stderr
    cli("down", sandbox)


@pytest.mark.usefixtures("running")
def test_doctor_finds_this_den_usable(cli: Cli) -> None:
    found = {check["check"]: check for check in json.loads(cli("doctor", "--json").stdout)}
    assert found["engine"]["verdict"] == found["address range"]["verdict"] == "OK"
    assert "belongs to this den's gateway" in found["port"]["what"]


def test_doctor_names_a_range_that_somebody_has(cli: Cli) -> None:
    theirs = json.loads(cli("den", "--json").stdout)["range"]
    cli("--den", "another", "den", "--set", f"range={theirs}")
    failed = cli("--den", "another", "doctor", "--json", code=1)
    found = {check["check"]: check for check in json.loads(failed.stdout)}
    assert found["address range"]["verdict"] == "FAILED"
    cli("--den", "another", "den", "--unset", "range")


def test_images_are_listed_with_who_uses_them(cli: Cli, running: str) -> None:
    found = json.loads(cli("image", "ls", "--json").stdout)
    used = {image["kind"] for image in found if any(running in name for name in image["used_by"])}
    assert "python" in used
    assert all(image["size"] > 0 for image in found)


def test_completion_knows_sandboxes_and_services(cli: Cli, running: str) -> None:
    for typed, offered in ((f"logs {running[:3]}", running), (f"logs {running} b", "book")):
        words = f"sandboxctl {typed}"
        asked = {"_SANDBOXCTL_COMPLETE": "bash_complete", "COMP_WORDS": words}
        environment = {**cli.environment, **asked, "COMP_CWORD": str(words.count(" "))}
        done = subprocess.run(PROGRAM, env=environment, capture_output=True, text=True)
        assert f"plain,{offered}" in done.stdout.split("\n")


def test_an_engine_that_is_away_is_4_for_every_verb(cli: Cli, tmp_path: Path) -> None:
    nowhere = ["-H", f"unix://{tmp_path}/nothing.sock"]
    for verb in (["ls"], ["status", "x"], ["down", "x"], ["reset", "x"], ["logs", "x"]):
        failed = cli(*nowhere, *verb, code=4)
        assert "no Docker Engine answers" in failed.stderr
        assert "→" in failed.stderr
