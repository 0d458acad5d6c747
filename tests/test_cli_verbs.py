"""Every verb, on a den in memory: what it answers, what it changes, and what it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Self

import pytest

from sandboxctl import clock
from sandboxctl.cli.given import pair, secret
from sandboxctl.engine import connect
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.engine.memory_state import with_service
from sandboxctl.engine.protocol import Answer, Note
from sandboxctl.errors import EngineError, NotReady
from sandboxctl.sandbox.operations import (
    Commit,
    GoLive,
    Operation,
    StartAgain,
    StopService,
    WaitReady,
)
from tests.cli import PAGE, WITH_DATABASE, at_terminal, blueprint, facts, sandboxctl

TWICE = """
import sys
from pathlib import Path
from sandboxctl.cli.main import main
folder = Path(sys.argv[1])
try:
    main(["-H", "memory", "up", str(folder)])
except SystemExit as first:
    assert first.code == 0
file = folder / "blueprint.yaml"
file.write_text(file.read_text().replace("database: homes", "database: other"))
main(["-H", "memory", "up", str(folder), *sys.argv[2:]])
"""


class Like(MemoryEngine):
    """What another one has, behaving otherwise."""

    @classmethod
    def of(cls, engine: MemoryEngine) -> Self:
        other = cls()
        other.__dict__ |= engine.__dict__
        return other


class Telling(Like):
    """No service answers, and each says so as Docker's do."""

    def when_ready(self, sandbox: str, operation: WaitReady) -> Future[None]:
        name, answer = operation.container.name, Future[None]()
        hint = f"A slow start needs a longer start_period. `sandboxctl logs {sandbox} {name}` "
        answer.set_exception(
            NotReady(f"{name} ended\n  its last words:\n    no", hint=f"{hint}shows more.")
        )
        return answer


class Away(Like):
    """Keeps nothing and starts nothing again: as an engine that has gone away."""

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        if isinstance(operation, Commit | StartAgain):
            raise EngineError("the engine cannot be reached", hint="Is it running?")
        super().apply(sandbox, operation, note)


class Unwell(Like):
    """Its pages answer with one status, its services have something to say."""

    def __init__(self, status: int = 500) -> None:
        super().__init__()
        self.status = status

    def fetch(self, sandbox: str, path: str = "/") -> Answer:
        return Answer(self.status, path.encode() + sandbox.encode())

    def logs(
        self, sandbox: str, service: str | None, *, tail: int, follow: bool
    ) -> Iterator[tuple[str, str]]:
        assert (sandbox, tail, follow) == ("page", 5, False)
        yield service or "", "\x1b[31mno\x07 memory\x1b[0m\r\n"


def ended(engine: MemoryEngine, service: str, why: str) -> None:
    """As if it had died by itself."""
    engine.apply("page", StopService(1, service, 1.0), lambda _: None)
    before = engine._sandboxes["page"]
    seen = replace(before.generations[1].services[service], why=why)
    engine._sandboxes["page"] = with_service(before, 1, seen)


@pytest.fixture(autouse=True)
def _den(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    connect.IN_MEMORY.clear()
    yield
    connect.IN_MEMORY.clear()


@pytest.fixture
def page(tmp_path: Path) -> str:
    return blueprint(tmp_path / "page")


@pytest.fixture
def stateful(tmp_path: Path) -> str:
    return blueprint(tmp_path / "stateful", WITH_DATABASE)


def test_up_says_where_until_when_and_what_next(page: str) -> None:
    result = sandboxctl("up", page, "--lifetime", "4h")
    said = facts(result)
    assert result.exit_code == 0
    assert said["url"] == ["http://page.den.localhost:8080/"]
    assert said["generation"] == ["1"]
    assert said["first page"] == ["200"]
    assert re.search(r"\(in (4 h|3 h 59 min)\)", said["lease"][0])  # a minute is soon over
    assert "down --expired" in said["when it ends"][0]
    assert "sandboxctl reset page" in said["next"]
    assert "page: start web: done" in result.stderr


def test_up_twice_changes_nothing(page: str) -> None:
    sandboxctl("up", page)
    again = json.loads(sandboxctl("up", page, "--json").stdout)
    assert again["changed"] is False
    assert again["generation"] == 1


def test_up_takes_another_name_and_sets_parameters(tmp_path: Path) -> None:
    text = "parameters: {size: {type: integer, default: 1}}\n" + PAGE
    folder = blueprint(tmp_path / "sized", text)
    assert sandboxctl("up", folder, "--name", "team-1", "--set", "size=2").exit_code == 0
    assert sandboxctl("up", folder, "--name", "team-1", "--set", "size=x").exit_code == 2
    assert sandboxctl("up", folder, "--name", "Team 1").exit_code == 2
    assert [row["sandbox"] for row in json.loads(sandboxctl("ls", "--json").stdout)] == ["team-1"]


def test_json_progress_and_answer_are_each_json(page: str) -> None:
    result = sandboxctl("up", page, "--json")
    news = [json.loads(line) for line in result.stderr.splitlines()]
    assert {"sandbox": "page", "state": "done"}.items() <= news[-1].items()
    assert json.loads(result.stdout)["url"] == "http://page.den.localhost:8080/"


def test_a_secret_comes_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    text = "secrets: {KEY: {ask: The key}}\n" + PAGE.replace(
        "runtime: static", "runtime: static\n    secrets: [KEY]"
    )
    folder = blueprint(tmp_path / "keyed", text)
    (tmp_path / "key").write_text("hunter2\n")
    refused = sandboxctl("up", folder)
    assert refused.exit_code == 2
    assert "--secret KEY=@FILE" in refused.stderr
    given = sandboxctl("up", folder, "--secret", f"KEY=@{tmp_path / 'key'}")
    assert given.exit_code == 0
    assert "hunter2" not in given.stdout + given.stderr
    assert connect.IN_MEMORY["den"].secrets("page", ["KEY"]) == {"KEY": "hunter2"}


def test_a_failed_service_is_named_with_what_helps(page: str) -> None:
    connect.IN_MEMORY["den"] = MemoryEngine(broken=frozenset({"web"}))
    result = sandboxctl("up", page)
    assert result.exit_code == 1
    assert "web of page never answers" in result.stderr
    assert "→ Take it out of `broken`." in result.stderr
    assert result.stdout == ""


def test_an_engine_that_refuses_is_4(page: str) -> None:
    connect.IN_MEMORY["den"] = MemoryEngine(unstartable=frozenset({"web"}))
    assert sandboxctl("up", page).exit_code == 4


def test_too_little_memory_is_said_before_anything_is_created(page: str) -> None:
    connect.IN_MEMORY["den"] = MemoryEngine(memory=1024)
    result = sandboxctl("up", page)
    assert result.exit_code == 4
    assert "are short" in result.stderr
    assert facts(sandboxctl("ls")) == {}


def test_a_name_that_another_blueprint_has(page: str, tmp_path: Path) -> None:
    sandboxctl("up", page)
    other = blueprint(tmp_path / "other", PAGE.replace("name: page", "name: other"))
    result = sandboxctl("up", other, "--name", "page")
    assert result.exit_code == 2
    assert "is a sandbox of page, not of other" in result.stderr


def test_what_a_change_would_lose_is_named_and_without_a_terminal_refused(stateful: str) -> None:
    sandboxctl("up", stateful)
    file = Path(stateful) / "blueprint.yaml"
    file.write_text(file.read_text().replace("database: homes", "database: other"))
    refused = sandboxctl("up", stateful)
    assert refused.exit_code == 1
    assert "db: everything entered since" in refused.stderr
    assert "--yes" in refused.stderr
    assert facts(sandboxctl("status", "page"))["generation"] == ["1"]
    assert sandboxctl("up", stateful, "--yes").exit_code == 0
    assert facts(sandboxctl("status", "page"))["generation"] == ["2"]


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [("\r", 1, "Nothing was changed."), ("y\r", 0, "is ready"), ("\x03", 130, "Stopped.")],
)
def test_at_a_terminal_it_is_asked_and_no_is_the_default(
    stateful: str, answer: str, code: int, said: str
) -> None:
    screen = at_terminal(stateful, script=TWICE, typed={"lose that? [y/N]: ": answer})
    assert screen.code == code, screen.text
    assert said in screen.text.partition("lose that?")[2]


def test_plan_shows_steps_and_reasons_and_changes_nothing(page: str) -> None:
    result = sandboxctl("plan", page)
    assert result.exit_code == 0
    assert "start web: not there yet, after images" in result.stdout
    assert "256 MiB of memory; 8,192 MiB are free" in result.stdout
    assert facts(sandboxctl("ls")) == {}
    steps = json.loads(sandboxctl("plan", page, "--json").stdout)["steps"]
    assert {"group", "number", "operation", "why", "after"} == set(steps[0])
    sandboxctl("up", page)
    assert sandboxctl("plan", page).stdout == "nothing to do\n"


def test_plan_names_what_would_be_lost(stateful: str) -> None:
    sandboxctl("up", stateful)
    file = Path(stateful) / "blueprint.yaml"
    file.write_text(file.read_text().replace("database: homes", "database: other"))
    assert "lost: what was entered in db" in sandboxctl("plan", stateful).stdout
    assert json.loads(sandboxctl("plan", stateful, "--json").stdout)["lost"] == ["db"]


def test_validate_says_yes_in_words(page: str) -> None:
    result = sandboxctl("validate", page)
    assert result.stdout.startswith("A page is a valid blueprint.\n")
    assert facts(result)["services"] == ["web"]
    assert json.loads(sandboxctl("validate", page, "--json").stdout) == []


def test_validate_names_every_problem_with_its_line(tmp_path: Path) -> None:
    text = PAGE.replace("opens: web", "opens: wbe").replace("static", "cobol")
    folder = blueprint(tmp_path / "wrong", text)
    plain, as_json = sandboxctl("validate", folder), sandboxctl("validate", folder, "--json")
    assert plain.exit_code == as_json.exit_code == 2
    found = json.loads(as_json.stdout)
    assert {problem["line"] for problem in found} == {4, 8}
    said = {"file", "line", "column", "key", "why", "code", "hint"}
    assert said | {"title", "risk", "mend", "policy"} == set(found[0])
    for problem in found:
        assert f"{problem['file']}:{problem['line']}: {problem['key']}: " in plain.stderr


def test_a_blueprint_that_is_not_there() -> None:
    result = sandboxctl("validate", "repair-rihgt")
    assert result.exit_code == 2
    assert "repair-right" in result.stderr
    assert json.loads(sandboxctl("validate", "nowhere", "--json").stdout)[0]["line"] is None


def test_schema_is_json_for_editors_and_a_page_for_people() -> None:
    assert "services" in json.loads(sandboxctl("schema").stdout)["properties"]
    assert "depends_on" in sandboxctl("schema", "--reference").stdout


@pytest.mark.parametrize("verb", ["ls", "ps"])
def test_ls_is_one_fact_on_each_line(verb: str, page: str) -> None:
    assert sandboxctl(verb).stdout.startswith("No sandboxes.")
    assert json.loads(sandboxctl(verb, "--json").stdout) == []
    sandboxctl("up", page)
    said = facts(sandboxctl(verb))
    assert said["sandbox"] == ["page"]
    assert said["services"] == ["1 of 1 run"]
    assert said["state"] == ["ready"]
    row = json.loads(sandboxctl(verb, "--json").stdout)[0]
    assert (row["running"], row["services"]) == (1, 1)
    assert row["left_seconds"] > 60


def test_status_explains_each_service_in_words(stateful: str) -> None:
    sandboxctl("up", stateful)
    said = facts(sandboxctl("status", "page"))
    assert said["services"] == ["db: OK, runs", "web: OK, runs"]
    assert said["leftovers"] == ["none"]
    row = json.loads(sandboxctl("status", "page", "--json").stdout)
    assert row["services"][0]["service"] == "db"
    assert row["left_seconds"] > 0
    assert (row["running"], row["last_words"], row["next"]) == (2, {}, [])
    assert "next" not in said


def test_status_of_what_never_became_ready(page: str) -> None:
    connect.IN_MEMORY["den"] = MemoryEngine(broken=frozenset({"web"}))
    sandboxctl("up", page)
    said = facts(sandboxctl("status", "page"))
    assert said["state"] == ["not finished"]
    assert "url" not in said
    assert said["leftovers"] == [
        "1 generation that nobody needs; the next `up`, `reset` or `down` clears up"
    ]
    assert "to take away what was begun: sandboxctl down page" in said["next"]
    assert facts(sandboxctl("ls"))["services"] == ["begun, never became ready"]


def test_a_failed_up_says_that_the_old_one_serves_and_points_to_no_log_of_the_new(
    page: str,
) -> None:
    sandboxctl("up", page)
    connect.IN_MEMORY["den"] = Telling.of(connect.IN_MEMORY["den"])
    file = Path(page) / "blueprint.yaml"
    file.write_text(file.read_text() + "    environment: {GREETING: hi}\n")
    result = sandboxctl("up", page)
    assert result.exit_code == 1
    assert "page still serves generation 1 as before; nothing entered in it" in result.stderr
    assert "What was begun beside it has been taken away" in result.stderr
    assert "sandboxctl logs" not in result.stderr
    assert result.stderr.count("serv") == result.stderr.count("still serves") == 1
    assert "→ A slow start needs a longer start_period.\n" in result.stderr
    assert sorted(connect.IN_MEMORY["den"].observe("page").generations) == [1]
    news = [json.loads(line) for line in sandboxctl("up", page, "--json").stderr.splitlines()]
    assert news[-1] == {"sandbox": "page", "state": "still serves", "generation": 1}


def test_what_could_not_be_put_back_either_is_not_said_to_serve(stateful: str) -> None:
    sandboxctl("up", stateful)
    whole = connect.IN_MEMORY["den"]
    connect.IN_MEMORY["den"] = Away.of(whole)
    file = Path(stateful) / "blueprint.yaml"
    changed = "    runtime: static\n    environment: {GREETING: hi}\n"
    file.write_text(file.read_text().replace("    runtime: static\n", changed))
    said = sandboxctl("up", stateful, "--yes").stderr
    assert "still serves" not in said
    assert "page could not be put back as it was, either; the same command goes on" in said
    connect.IN_MEMORY["den"] = Like.of(connect.IN_MEMORY["den"])
    assert sandboxctl("up", stateful, "--yes").exit_code == 0


def test_a_first_failure_points_to_its_logs_and_is_told_in_full_once(page: str) -> None:
    connect.IN_MEMORY["den"] = Telling.of(MemoryEngine())
    said = sandboxctl("up", page).stderr
    assert "sandboxctl logs page web` shows more" in said
    assert "still serves" not in said
    assert said.count("its last words") == said.count("web ended") == 1
    assert "page: wait for web" in next(
        line for line in said.splitlines() if "FAILED" in line or ": failed" in line
    )


@pytest.mark.parametrize(("status", "how"), [(500, "answers 500"), (0, "does not answer")])
def test_a_first_page_that_broke_needs_attention(page: str, status: int, how: str) -> None:
    connect.IN_MEMORY["den"] = Unwell(status)
    result = sandboxctl("up", page)
    assert result.exit_code == 0
    why = f"the first page {how}; `sandboxctl logs page` says why"
    assert facts(result)["attention"] == [f"ATTENTION, {why}"]
    assert "is ready" not in result.stdout
    assert json.loads(sandboxctl("up", page, "--json").stdout)["attention"] == why
    connect.IN_MEMORY["den"] = MemoryEngine()
    assert json.loads(sandboxctl("up", page, "--json").stdout)["attention"] is None


def test_status_of_what_died_says_why_its_last_words_and_ways_out(stateful: str) -> None:
    sandboxctl("up", stateful)
    engine = connect.IN_MEMORY["den"] = Unwell.of(connect.IN_MEMORY["den"])
    ended(engine, "db", "it ended with SIGKILL (exit 137)")
    said = facts(sandboxctl("status", "page"))
    assert said["state"] == ["in trouble"]
    assert said["services"] == [
        "db: FAILED, it was killed (SIGKILL); somebody stopped it, "
        "or the machine ran out of memory",
        "web: OK, runs",
    ]
    assert said["last words"] == [r"db: no\x07 memory"]
    assert said["next"] == [
        "to keep the data: sandboxctl restart page db",
        "to go back to minute zero: sandboxctl reset page",
    ]
    row = json.loads(sandboxctl("status", "page", "--json").stdout)
    assert row["last_words"] == {"db": [r"no\x07 memory"]}
    assert row["next"] == ["sandboxctl restart page db", "sandboxctl reset page"]
    ended(engine, "web", "")
    assert facts(sandboxctl("status", "page"))["next"][0].endswith("sandboxctl restart page")


@pytest.mark.parametrize("verb", ["status", "open", "reset", "restart"])
def test_an_unknown_sandbox_is_an_error_that_helps(verb: str) -> None:
    result = sandboxctl(verb, "nobody")
    assert result.exit_code == 1
    assert "nobody" in result.stderr
    assert "sandboxctl ls" in result.stderr


def test_open_prints_the_link_and_whether_it_answers(page: str) -> None:
    sandboxctl("up", page)
    shown = json.loads(sandboxctl("open", "page", "--print", "--json").stdout)
    url, link = "http://page.den.localhost:8080/", shown.pop("link")
    assert shown == {"url": url, "answers": 200, "opened": False}
    assert re.fullmatch(rf"{url}_den/enter/[a-z2-7]{{26}}", link)
    assert "No browser here; copy the link." in sandboxctl("open", "page").stderr
    assert sandboxctl("open", "page", "--print").stderr == ""


def link(*words: str) -> str:
    return facts(sandboxctl(*words))["link"][0]


def test_what_is_printed_for_a_team_is_the_link_and_what_is_shown_to_a_room_is_not(
    page: str,
) -> None:
    up = sandboxctl("up", page)
    printed = facts(up)["link"][0]
    assert up.stdout.startswith(f"page is ready: {printed}\n")
    assert facts(up)["next"][0] == f"curl -L -b '' {printed}"
    assert [link("up", page), link("status", "page"), link("reset", "page")] == [printed] * 3
    listed = sandboxctl("ls")
    assert printed.rpartition("/")[2] not in listed.stdout + sandboxctl("ls", "--json").stdout
    assert facts(listed)["url"] == ["http://page.den.localhost:8080/"]
    assert "sandboxctl open N --print` gives a team's link" in listed.stderr


def test_a_new_key_makes_another_link_and_is_told_nowhere_else(page: str) -> None:
    sandboxctl("up", page)
    before = link("open", "page", "--print")
    replaced = sandboxctl("open", "page", "--print", "--new-key")
    after = facts(replaced)["link"][0]
    assert after != before
    assert after.rpartition("/")[2] not in replaced.stderr
    assert "replace the key" in replaced.stderr
    assert link("status", "page") == after
    sandboxctl("down", "page")
    sandboxctl("up", page)
    assert link("status", "page") not in (before, after)


def test_without_a_key_there_is_no_link_until_it_gets_one(page: str) -> None:
    sandboxctl("up", page)
    engine = connect.IN_MEMORY["den"]
    record = engine.observe("page").record
    assert record is not None
    keyless = record.model_copy(update={"key": ""})
    engine._sandboxes["page"] = replace(engine._sandboxes["page"], record=keyless)
    refused = sandboxctl("open", "page", "--print")
    assert refused.exit_code == 1
    assert "page has no key, so nobody can come in [DEN701]" in refused.stderr
    assert "sandboxctl open page --new-key" in refused.stderr
    assert "link" not in facts(sandboxctl("status", "page"))
    assert len(link("open", "page", "--new-key").rpartition("/")[2]) == 26


def test_reset_says_what_was_lost_and_what_was_kept(stateful: str) -> None:
    sandboxctl("up", stateful)
    result = sandboxctl("reset", "page")
    said = facts(result)
    assert result.exit_code == 0
    assert said["generation"] == ["2"]
    assert said["lost"] == ["what was entered in db"]
    assert said["kept"] == ["address", "key", "lease", "images"]
    assert said["first page"] == ["200"]


def test_a_failed_reset_leaves_the_old_one_serving(page: str) -> None:
    sandboxctl("up", page)
    connect.IN_MEMORY["den"]._broken = frozenset({"web"})
    result = sandboxctl("reset", "page")
    assert result.exit_code == 1
    kept = "page still serves generation 1 as before; nothing entered in it was lost."
    assert result.stderr.splitlines()[-1].startswith(kept)
    said = facts(sandboxctl("status", "page"))
    assert (said["generation"], said["state"]) == (["1"], ["ready"])


def test_restart_keeps_the_generation(stateful: str) -> None:
    sandboxctl("up", stateful)
    assert facts(sandboxctl("restart", "page", "web"))["restarted"] == ["web"]
    assert sandboxctl("restart", "page").exit_code == 0
    assert sandboxctl("restart", "page", "nothing").exit_code == 1
    assert facts(sandboxctl("status", "page"))["generation"] == ["1"]


def test_logs_stand_after_the_name_of_their_service(page: str) -> None:
    sandboxctl("up", page)
    assert sandboxctl("logs", "page").stdout.startswith("web: ")
    line = json.loads(sandboxctl("logs", "page", "web", "--json").stdout)
    assert line["service"] == "web"
    assert sandboxctl("logs", "page", "--tail", "0").stdout == ""


def test_exec_passes_input_on_and_output_through(page: str) -> None:
    sandboxctl("up", page)
    piped = sandboxctl("exec", "page", "web", "--", "cat", "--json", stdin=b"\x1b[1m")
    assert piped.stdout_bytes == b"cat --json\n\x1b[1m"
    assert sandboxctl("exec", "page", "web", "ls", "-la").stdout == "ls -la\n"
    assert sandboxctl("exec", "page", "web").stdout == "sh\n"
    assert json.loads(sandboxctl("exec", "--json", "page", "web", "id").stdout) == {
        "status": 0,
        "output": "id\n",
    }


def test_down_is_done_when_nothing_is_there(page: str) -> None:
    sandboxctl("up", page)
    first, again = sandboxctl("down", "page"), sandboxctl("down", "page")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert facts(first)["removed"] == ["page"]
    assert facts(again)["removed"] == ["nothing"]
    assert "There is no sandbox page." in again.stderr


def test_down_takes_several_and_leaves_the_others(page: str) -> None:
    for name in ("a", "a-b", "c"):
        sandboxctl("up", page, "--name", name)
    assert json.loads(sandboxctl("down", "a", "c", "--json").stdout)["removed"] == ["a", "c"]
    assert [row["sandbox"] for row in json.loads(sandboxctl("ls", "--json").stdout)] == ["a-b"]


def test_down_expired_takes_those_whose_lease_is_over(page: str) -> None:
    sandboxctl("up", page, "--name", "short", "--lifetime", "1m")
    sandboxctl("up", page, "--name", "long", "--lifetime", "8h")
    engine = connect.IN_MEMORY["den"]
    record = engine.observe("short").record
    assert record
    assert record.subnet
    over = clock.now() - timedelta(minutes=1)
    recipe = engine.recipe(record.recipe)
    again = GoLive(record.live, recipe, record.subnet, record.since, over)
    engine.apply("short", again, lambda _: None)
    assert "over since" in sandboxctl("ls").stdout
    assert facts(sandboxctl("down", "--expired"))["removed"] == ["short"]
    assert facts(sandboxctl("ls"))["sandbox"] == ["long"]


def test_down_all_is_agreed_to_and_leaves_nothing(page: str) -> None:
    sandboxctl("up", page)
    refused = sandboxctl("down", "--all")
    assert refused.exit_code == 1
    assert "Everything in the den 'den' would go: page" in refused.stderr
    done = sandboxctl("down", "--all", "--yes")
    assert done.exit_code == 0
    assert "the den is gone" in done.stderr
    assert connect.IN_MEMORY["den"].sandboxes() == []
    assert sandboxctl("down", "--all").exit_code == 0  # nothing to lose, nobody to ask


def test_image_prepare_makes_what_is_missing_once(page: str) -> None:
    first = facts(sandboxctl("image", "prepare", page))
    assert int(first["made"][0]) == int(first["there"][0]) > 5
    assert facts(sandboxctl("image", "prepare", page))["made"] == ["0"]
    assert "build sandboxctl/static" not in sandboxctl("plan", page).stdout
    assert sandboxctl("image", "ls").stdout.startswith("No images.")
    assert sandboxctl("image", "prune").stdout == "Nothing to remove.\n"


def test_demo_is_up_of_what_is_shipped() -> None:
    result = sandboxctl("demo")
    assert result.exit_code == 0, result.output
    assert facts(result)["url"] == ["http://demo.den.localhost:8080/"]
    assert json.loads(sandboxctl("demo", "--json").stdout)["changed"] is False


def test_global_options_stand_before_or_after(page: str) -> None:
    sandboxctl("--den", "one", "up", page)
    assert json.loads(sandboxctl("ls", "--den", "one", "--json").stdout)[0]["sandbox"] == "page"
    assert json.loads(sandboxctl("--json", "ls").stdout) == []


def test_pairs_and_secrets() -> None:
    assert pair("a=b=c") == ("a", "b=c")
    assert secret(f"NAME=@{__file__}")[1].startswith('"""Every verb')


@pytest.mark.parametrize("words", [("logs", "nix"), ("exec", "nix", "web"), ("status", "nix")])
def test_a_sandbox_that_is_not_there_is_told_alike(page: str, words: tuple[str, ...]) -> None:
    sandboxctl("up", page)
    said = sandboxctl(*words)
    assert said.exit_code == 1
    assert "There is no sandbox nix." in said.stderr
    assert "`sandboxctl ls` shows what there is" in said.stderr


@pytest.mark.parametrize("words", [("logs", "page", "db"), ("exec", "page", "db")])
def test_a_service_that_is_not_there_names_those_that_are(
    page: str, words: tuple[str, ...]
) -> None:
    sandboxctl("up", page)
    said = sandboxctl(*words)
    assert said.exit_code == 1
    assert "page has no service db" in said.stderr
    assert "It has web." in said.stderr


def test_extend_takes_one_end(page: str) -> None:
    sandboxctl("up", page)
    both = sandboxctl("extend", "page", "1h", "--until", "17:00")
    assert both.exit_code == sandboxctl("extend", "page").exit_code == 2
    assert "how much longer and --until are two ends: give one of them" in both.stderr


@pytest.mark.parametrize("more", [[], ["--teams", "2", "--spares", "3"]])
def test_a_plan_in_plain_is_a_fact_on_each_line(page: str, more: list[str]) -> None:
    lines = sandboxctl("--plain", "plan", page, *more).stdout.splitlines()
    assert lines
    assert [line for line in lines if not re.match(r"[a-z][a-z0-9 ]*: \S", line)] == []
