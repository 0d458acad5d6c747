"""The command line answers at once, and knows itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sandboxctl.cli import reference
from sandboxctl.cli.main import ALIASES, ENTRIES, main
from tests.cli import at_terminal, process

ROOT = Path(__file__).parents[1]
HEAVY = ["rich", "pydantic", "yaml", "docker", "numpy", "jinja2", "paramiko", "requests", "sqlite3"]


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["up", "--help"], ["no-such-verb"]])
def test_nothing_heavy_is_imported_to_answer(words: list[str]) -> None:
    script = (
        "import json, sys\n"
        "from sandboxctl.cli.main import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit:\n    print(json.dumps(sorted(sys.modules)), file=sys.__stderr__)\n"
    )
    out = process(*words, script=script).communicate(timeout=20)[1]
    modules = json.loads(out.splitlines()[-1])
    assert "click" in modules
    assert not {name.partition(".")[0] for name in modules} & set(HEAVY)


@pytest.mark.parametrize("words", [["reset", "page"], ["status", "page"], ["ls"]])
def test_a_running_sandbox_needs_neither_rows_nor_blueprints(words: list[str]) -> None:
    """What makes and checks data and blueprints, and speaks ssh, costs more than a reset does."""
    script = (
        "import json, sys\n"
        "import sandboxctl.engine.docker\n"
        "from sandboxctl.cli.main import main\n"
        "try:\n    main(['-H', 'memory', *sys.argv[1:]])\n"
        "except SystemExit:\n    print(json.dumps(sorted(sys.modules)), file=sys.__stderr__)\n"
    )
    out = process(*words, script=script).communicate(timeout=20)[1]
    modules = set(json.loads(out.splitlines()[-1]))
    assert {"docker", "pydantic", "sandboxctl.lifecycle.status"} & modules
    unneeded = {"numpy", "pyarrow", "jinja2", "dockerfile_parse", "paramiko.client", "rich"}
    assert not modules & unneeded
    assert not modules & {"sandboxctl.blueprint.load", "sandboxctl.blueprint.model"}
    assert not {name for name in modules if name.startswith("sandboxctl.data.kinds")}


def test_ssh_is_there_when_it_is_asked_for() -> None:
    script = (
        "import sys, sandboxctl.engine\n"
        "before = 'paramiko.client' in sys.modules\n"
        "import docker.transport\n"
        "import paramiko\n"
        "print(before, 'paramiko.client' in sys.modules, paramiko.SSHClient.__module__,\n"
        "      docker.transport.sshconn.paramiko.SSHClient is paramiko.SSHClient)\n"
        "import paramiko.rsakey\n"
        "from paramiko import SSHConfig\n"
    )
    done = subprocess.run([sys.executable, "-c", script], text=True, capture_output=True)
    assert (done.stdout, done.returncode) == ("False False paramiko.client True\n", 0), done.stderr


def test_every_verb_says_the_same_of_itself_in_the_list_and_alone() -> None:
    ctx = click.Context(main)
    for name, entry in ENTRIES.items():
        command = main.get_command(ctx, name)
        assert command is not None
        assert command.name == name
        assert command.help
        assert command.help.strip().splitlines()[0] == entry.about
    assert set(ALIASES.values()) <= set(ENTRIES)


def test_the_list_of_commands_is_up_to_date() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    assert text == reference.page(), f"run: {reference.__doc__}"
    assert all(f"### `sandboxctl {name}`" in text for name in ENTRIES)


def test_every_verb_shows_json_and_plain_and_asks_only_where_it_asks() -> None:
    for name in ENTRIES:
        said = CliRunner().invoke(main, [name, "--help"]).stdout
        if name not in ("audit", "image", "data", "workshop", "snapshot"):
            assert "--json" in said
            assert "--plain" in said
        assert ("--yes" in said) == (name in ("up", "down", "demo", "approve"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_say_where_they_go(shell: str) -> None:
    screen = at_terminal("completion", shell)
    assert screen.code == 0
    assert "_SANDBOXCTL_COMPLETE" in screen.text
    assert "Save it as" in screen.text
    read_by_a_shell = CliRunner().invoke(main, ["completion", shell])
    assert "_SANDBOXCTL_COMPLETE" in read_by_a_shell.stdout
    assert read_by_a_shell.stderr == ""


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("sandboxctl do", {"doctor", "down"}),
        ("sandboxctl den --set gateway.p", {"gateway.port", "gateway.ports"}),
        ("sandboxctl image pr", {"prepare", "prune"}),
        ("sandboxctl -H memory status x", set()),
        ("sandboxctl up rep", {"repair-right", "report.yaml", "reports/"}),
        ("sandboxctl plan reports/d", {"reports/deep/"}),
        ("sandboxctl validate nothing", set()),
    ],
)
def test_the_tab_key(typed: str, offered: set[str], tmp_path: Path) -> None:
    words = typed.split(" ")
    (tmp_path / "reports" / "deep").mkdir(parents=True)
    for name in ("report.yaml", "report.txt", ".reporc"):
        (tmp_path / name).touch()
    running = process(
        folder=tmp_path,
        _SANDBOXCTL_COMPLETE="bash_complete",
        COMP_WORDS=typed,
        COMP_CWORD=str(len(words) - 1),
        XDG_CONFIG_HOME=str(tmp_path),
    )
    out, err = running.communicate(timeout=20)
    assert err == ""
    assert {line.partition(",")[2] for line in out.split()} == offered


def test_the_bash_script_is_bash() -> None:
    script = CliRunner().invoke(main, ["completion", "bash"]).stdout
    checked = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_bash_offers_what_is_shipped_and_what_is_here(tmp_path: Path) -> None:
    """The whole of it: the script in a bash, which throws answers away if it is told "file"."""
    (tmp_path / "reports").mkdir()
    script = CliRunner().invoke(main, ["completion", "bash"]).stdout
    ask = (
        f"{script}\nsandboxctl() {{ {sys.executable} -m sandboxctl; }}\nexport -f sandboxctl\n"
        'env() { command env "${@:1:3}" bash -c sandboxctl; }\n'
        "COMP_WORDS=(sandboxctl up rep) COMP_CWORD=2\n"
        '_sandboxctl_completion sandboxctl; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", ask], cwd=tmp_path, text=True, capture_output=True)
    assert done.stdout.split() == ["repair-right", "reports/"], done.stderr
