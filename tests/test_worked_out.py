"""Templates are worked out in a process of their own, and nothing that it says is believed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandboxctl import chamber
from sandboxctl.blueprint import worked_out
from sandboxctl.blueprint.worked_out import STOPPED, Refusal, Value

NAMES: worked_out.Names = {
    "homes": 5,
    "town": "é",
    "den": {"domain": "den.localhost", "port": 8080},
    "sandbox": {"name": "demo", "url": "http://demo"},
}
TEXTS = [
    "{{ homes * 2 }}",
    "{{ town ~ '\\N{BULLET}' }}",
    "{{ sandbox.url }}/{{ den.port }}",
    "{{ homes > 3 }}",
    "{{ homes / 2 }}",
    "{{ nothing }}",
    "{{ ''.__class__ }}",
    "{{ 1 / 0 }}",
    "{{ 1 +",
    "{{ " + "(" * 900 + "1" + ")" * 900 + " }}",
]


def answered(code: str, texts: int = 1, patience: float = 10) -> list[worked_out.Result]:
    """What is made of a process that runs ``code`` instead."""
    command = [sys.executable, "-I", "-c", code]
    return worked_out.apart(["{{ homes }}"] * texts, NAMES, command, patience)


def said(*items: object) -> list[worked_out.Result]:
    return answered(f"print({json.dumps(items)!r})")


def test_apart_comes_to_the_same_as_here() -> None:
    found = worked_out.apart(TEXTS, NAMES)
    assert found == worked_out.here(TEXTS, NAMES)
    assert found[:3] == [
        Value(10),
        Value("é•"),
        Value("http://demo/8080", frozenset({"den", "sandbox"})),
    ]
    assert [one.code for one in found if isinstance(one, Refusal)] == [
        "DEN602", "DEN601", "DEN604", "DEN601", "DEN603",
    ]  # fmt: skip


def test_a_process_that_never_answers_is_ended() -> None:
    begin = time.monotonic()
    assert answered("import time; time.sleep(60)", patience=0.5) == [STOPPED]
    assert time.monotonic() - begin < 20


def test_a_process_that_leaves_another_behind_does_not_keep_us() -> None:
    code = "import os, time\nif os.fork() == 0: os.setsid(); time.sleep(30)"
    begin = time.monotonic()
    assert answered(code, patience=1) == [STOPPED]
    assert time.monotonic() - begin < 20


@pytest.mark.parametrize(
    "code",
    [
        "raise SystemExit(1)",
        "import os; os.abort()",
        "print('nonsense')",
        "print('[' * 100_000)",
        "print('9' * 5_000)",
        "print('{}')",
        "print('[]')",
        "print('[1, 2]')",
        "print('\\xff')",
        "while True: print('x' * 65_536)",
    ],
)
def test_a_process_that_dies_or_talks_nonsense_is_a_refusal(code: str) -> None:
    assert answered(code) == [STOPPED]
    assert STOPPED.code == "DEN605"


@pytest.mark.parametrize(
    "item",
    [
        None,
        "yes",
        ["yes"],
        ["yes", None, []],
        ["yes", [1], []],
        ["yes", {"a": 1}, []],
        ["yes", "x" * 65_537, []],
        ["yes", 2**63, []],
        ["yes", -(2**63), []],
        ["yes", float("inf"), []],
        ["yes", float("nan"), []],
        ["yes", "x", None],
        ["yes", "x", [], "more"],
        ["no", "x"],
        ["no", 1, "DEN601"],
        ["no", "x", "DEN301"],
        ["no", "x" * 2_000, "DEN601"],
        ["maybe", "x", "DEN601"],
    ],
)
def test_an_answer_of_another_form_is_not_taken(item: object) -> None:
    assert said(item) == [STOPPED]


def test_what_is_taken_is_cleaned() -> None:
    assert said(["no", "a\x1b[2J\nb", "DEN601"]) == [Refusal("a?[2J?b", "DEN601")]
    assert said(["yes", True, ["den", "evil", [1], {}]]) == [Value(True, frozenset({"den"}))]


def test_an_answer_has_a_largest_size() -> None:
    texts = ["{{ a }}" * 60] * 9
    items = json.loads(
        chamber.answer(json.dumps({"texts": texts, "names": {"a": "x" * 1_000}}).encode())
    )
    assert [item[0] for item in items] == ["yes"] * 5 + ["no"] * 4
    assert items[-1][2] == "DEN604"


def test_the_chamber_cannot_open_write_or_start_anything(tmp_path: Path) -> None:
    """Its limits, tried from inside once they are all in force."""
    package = Path(chamber.__file__).resolve().parents[1]
    tries = f"""
import os, sys
sys.path += {[str(package), *sys.path]!r}
from sandboxctl import chamber
def tried(request):
    found = []
    for attempt in (lambda: open('/etc/passwd'), lambda: os.pipe(), lambda: bytearray(1 << 30),
                    lambda: __import__('socket').socket()):
        try:
            attempt()
            found.append('done')
        except (OSError, MemoryError, ImportError):
            found.append('refused')
    return ' '.join(found) if request == b'now' else ''
chamber.answer = tried
chamber.main()
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", tries],
        input=b"now", capture_output=True, timeout=60, env={}, cwd=tmp_path, check=True,
    )  # fmt: skip
    assert done.stdout.decode().split() == ["refused"] * 4


def test_the_chamber_is_stopped_when_it_computes_for_too_long() -> None:
    package = Path(chamber.__file__).resolve().parents[1]
    endless = f"""
import sys
sys.path += {[str(package), *sys.path]!r}
from sandboxctl import chamber
asked = []
def forever(request):
    asked.append(request)
    while len(asked) > 1: pass
chamber.answer = forever
chamber.main()
"""
    begin = time.monotonic()
    assert answered(endless, patience=60) == [STOPPED]
    assert time.monotonic() - begin < 50


def test_nothing_of_ours_gets_into_the_chamber(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    code = (
        "import os, json; there = sorted(os.listdir('/proc/self/fd')); "
        "print(json.dumps([['no', f'{dict(os.environ)} {there} {os.getcwd()}', 'DEN601']]))"
    )
    held = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(held, True)
    try:
        (found,) = answered(code)
    finally:
        os.close(held)
    assert isinstance(found, Refusal)
    assert "SECRET_TOKEN" not in found.why
    assert found.why.endswith("['0', '1', '2', '3'] /")  # the last one is the listing itself
