"""The house: pins, hosts, documents and names that no other tool looks after."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import EntryPoint
from itertools import pairwise
from pathlib import Path

import click
import pytest

import sandboxctl

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = ("constraints.txt", "constraints-dev.txt", "constraints-fuzz.txt")
PIN = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z0-9,-]+\])?==(\S+) \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")
UNTOLD_NAMES = {"utils", "helpers", "common", "base", "manager", "misc"}
LONGEST = 250

# A package comes from wherever the reader's own settings say: nothing here may name a place.
# Written in two halves, so that this file may name them.
REGISTRIES = [
    first + second
    for first, second in [
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("registry.npm", "js.org"),
        ("registry.yarn", "pkg.com"),
        ("registry-1.docker", ".io"),
        ("index.docker", ".io"),
        ("hub.docker", ".com"),
        ("deb.debian", ".org"),
        ("security.debian", ".org"),
        ("archive.ubuntu", ".com"),
        ("ghcr", ".io"),
        ("gcr", ".io"),
        ("quay", ".io"),
        ("crates", ".io"),
        ("proxy.golang", ".org"),
    ]
]


def files(pattern: str = "*") -> list[Path]:
    """Every file that is, or would be, committed and whose path fits ``pattern``."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, text=True, capture_output=True)
        names = [name for name in listed.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # no git, or a copy that is not a clone
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not _made(path)]
    fitting = [ROOT / name for name in names if fnmatch(name, pattern)]
    return [path for path in fitting if path.is_file()]


def _made(path: Path) -> bool:
    """What .gitignore leaves out: caches, environments, build results."""
    parts = path.relative_to(ROOT).parts
    ours = (".ci", ".gitignore")
    return any(part.startswith(".") and part not in ours for part in parts) or bool(
        {"__pycache__", "build", "dist"}.intersection(parts)
    )


def pinned(name: str) -> dict[str, str]:
    """Package → version of one file of pins."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := PIN.match(line))}


def commands(group: click.Command, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command one can type, without the program's own name."""
    if not isinstance(group, click.Group):
        return
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command and not command.hidden:
                yield f"{above}{name}", command
                yield from commands(command, f"{above}{name} ")


def program() -> click.Command:
    """What the installed ``sandboxctl`` runs."""
    point = EntryPoint("sandboxctl", PROJECT["scripts"]["sandboxctl"], "console_scripts")
    command = point.load()
    assert isinstance(command, click.Command)
    return command


def test_no_file_names_a_package_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in files()
        for host in REGISTRIES
        if host.encode() in path.read_bytes()
    ]
    assert found == []


@pytest.mark.parametrize("name", PINS)
def test_every_line_of_the_pins_is_a_pin_a_hash_or_a_remark(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    odd = [
        line
        for line in lines
        if line.strip() and not (PIN.match(line) or HASH.match(line) or line.lstrip()[0] == "#")
    ]
    assert odd == []
    for here, after in pairwise(lines):
        assert not PIN.match(here) or HASH.match(after), f"{here} has no hash"


def test_all_that_the_project_asks_for_is_pinned() -> None:
    def names(wanted: list[str]) -> set[str]:
        return {re.split(r"[^A-Za-z0-9.-]", line)[0].lower() for line in wanted}

    assert names(PROJECT["dependencies"]) <= pinned("constraints.txt").keys()
    assert names(PROJECT["optional-dependencies"]["dev"]) <= pinned("constraints-dev.txt").keys()
    assert names(PROJECT["optional-dependencies"]["fuzz"]) <= pinned("constraints-fuzz.txt").keys()
    assert "hatchling" in pinned("constraints.txt")  # the project is built without isolation


def test_the_tests_run_with_the_versions_that_users_get() -> None:
    assert pinned("constraints.txt").items() <= pinned("constraints-dev.txt").items()


def test_one_version_everywhere() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert sandboxctl.__version__ == PROJECT["version"]
    assert "## [Unreleased]" in changelog or f"## [{PROJECT['version']}]" in changelog


def test_every_command_has_help_and_is_told_of() -> None:
    told = "\n".join(
        path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *files("docs/*.md")]
    )
    known = list(commands(program()))
    assert known
    assert [name for name, command in known if not command.help] == []
    assert [name for name, _ in known if f"sandboxctl {name}" not in told] == []


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_readme_names_the_two_commands(target: str) -> None:
    assert f"make {target}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in files("*.md")
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith(("mailto:", "/", "{"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_modules_are_short_and_say_what_they_hold() -> None:
    modules = files("sandboxctl/*.py")
    assert [path.name for path in modules if path.stem in UNTOLD_NAMES] == []
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_what_a_shell_runs_may_be_run() -> None:
    scripts = [path for path in files(".ci/*") if path.read_bytes().startswith(b"#!")]
    assert ROOT / ".ci" / "run" in scripts
    assert [path.name for path in scripts if not path.stat().st_mode & 0o100] == []


def test_the_readme_takes_away_what_others_run_with_last() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ways = ["sandboxctl down --all", "sandboxctl.engine.install stop --remove", "make distclean"]
    assert ways == sorted(ways, key=readme.rindex)


def test_the_page_of_what_does_not_answer_is_true_of_what_was_stopped() -> None:
    pages = ROOT / "templates" / "images" / "gateway" / "pages"
    page = (pages / "not-answering.html").read_text(encoding="utf-8")
    assert "it was stopped, and waiting will not help: ask your facilitator" in page
