"""`approve` on a den in memory: shown, asked, granted, listed, taken back; and what demands it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import CompletionItem
from click.testing import Result

from sandboxctl import clock
from sandboxctl.blueprint.capabilities import GRANTABLE
from sandboxctl.cli import complete
from sandboxctl.cli.approve import approve_verb
from sandboxctl.cli.session import Session
from sandboxctl.codes import trust as trust_codes
from sandboxctl.engine import connect
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.errors import PolicyError
from sandboxctl.lifecycle import ledger
from sandboxctl.lifecycle.assemble import assemble
from sandboxctl.lifecycle.change import carry_out
from sandboxctl.lifecycle.reset import plan_reset
from sandboxctl.lifecycle.restart import plan_restart
from sandboxctl.lifecycle.status import status
from sandboxctl.lifecycle.trust import demand
from sandboxctl.sandbox.approval import Approval
from tests import pipeline
from tests.cli import PAGE, at_terminal, blueprint, facts, sandboxctl

ASKING = (
    PAGE
    + """\
    user: "0:0"
exceptions:
  - {service: web, grant: root, reason: "It gives files\\u0020to others."}
  - {service: web, grant: "cap:CHOWN", reason: "It gives files to others."}
"""
)


@pytest.fixture(autouse=True)
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryEngine]:
    """The den in memory that every command of one test shares."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    connect.IN_MEMORY.clear()
    yield connect.IN_MEMORY.setdefault("den", MemoryEngine())
    connect.IN_MEMORY.clear()


@pytest.fixture
def asking(tmp_path: Path) -> str:
    return blueprint(tmp_path / "asking", ASKING)


def refused(*words: str) -> Result:
    result = sandboxctl(*words)
    assert result.exit_code == 3, result.output
    return result


def done(*words: str) -> Result:
    result = sandboxctl(*words)
    assert result.exit_code == 0, result.output
    return result


def as_json(*words: str) -> Any:
    return json.loads(done(*words, "--json").stdout)


@pytest.mark.parametrize("verb", ["plan", "up"])
def test_what_nobody_granted_is_refused_and_named_with_the_command(verb: str, asking: str) -> None:
    told = refused(verb, asking).stderr
    assert "services.web: root is an exception, and nobody has granted it" in told
    assert "services.web: cap:CHOWN is an exception, and nobody has granted it" in told
    assert f"approve {asking}` shows what is asked for" in told
    assert facts(done("ls")) == {}


def test_validate_and_the_parameters_are_in_what_is_said(tmp_path: Path) -> None:
    parameters = 'parameters: {homes: {type: integer, default: 5, minimum: 1, about: "Homes"}}\n'
    uses = ASKING.replace("static", 'static\n    environment: {HOMES: "{{ homes }}"}')
    asking = blueprint(tmp_path / "more", uses + parameters)
    told = facts(done("validate", asking))
    assert told["exceptions to be granted"] == ["web: root", "web: cap:CHOWN"]
    assert "--set homes=7`" in refused("plan", asking, "--set", "homes=7").stderr
    done("approve", asking, "--set", "homes=5", "--yes")
    done("plan", asking)
    refused("plan", asking, "--set", "homes=7")


def test_what_was_granted_lets_it_run_and_is_told_each_time(asking: str) -> None:
    answer = facts(done("approve", asking, "--yes", "--lifetime", "2h"))
    assert answer["granted"] == ["web: root", "web: cap:CHOWN"]
    assert answer["by"] == [ledger.me()]
    for _ in range(2):
        told = facts(done("up", asking))["exceptions"]
        assert [line.split(", until")[0] for line in told] == [
            f"web: root: granted by {ledger.me()}",
            f"web: cap:CHOWN: granted by {ledger.me()}",
        ]
    assert facts(done("status", "page"))["exceptions"] == told
    done("reset", "page")
    done("restart", "page")


def test_reports_have_it_as_data(asking: str) -> None:
    as_json("approve", asking, "--yes")
    started = as_json("up", asking)["exceptions"]
    assert started == as_json("status", "page")["exceptions"]
    assert started[0] == {
        "service": "web",
        "grant": "root",
        "reason": "It gives files to others.",
        "state": "granted",
        "by": ledger.me(),
        "until": started[0]["until"],
    }


def test_the_recipe_carries_what_was_granted(asking: str, engine: MemoryEngine) -> None:
    done("approve", asking, "--yes")
    done("up", asking)
    record = engine.observe("page").record
    assert record is not None
    recipe = engine.recipe(record.recipe)
    web = recipe.containers["web"]
    assert (web.user, web.capabilities, web.writable_root) == ("0:0", ("CHOWN",), False)
    assert [one.grant for one in recipe.exceptions] == ["root", "cap:CHOWN"]
    assert len(recipe.subject) == 64
    assert recipe.bound == (web.image,)


def test_a_person_sees_reason_and_risk_and_has_to_agree(asking: str) -> None:
    words = ["-H", "memory", "approve", asking]
    no = at_terminal(*words, typed={"[y/N]": "n\n"})
    assert no.code == 1
    assert "they say: It gives files to others." in no.text
    assert "it means: It runs as root inside its container" in no.text
    assert "Nothing was granted." in no.text
    assert at_terminal(*words, typed={"[y/N]": "y\n"}).code == 0
    alone = sandboxctl("approve", asking)
    assert alone.exit_code == 1
    assert "--yes" in alone.stderr


def test_a_part_can_be_granted(asking: str) -> None:
    done("approve", asking, "--yes", "--only", "web:root")
    told = refused("up", asking).stderr
    assert "cap:CHOWN is an exception, and nobody" in told
    assert ": root is" not in told
    strange = sandboxctl("approve", asking, "--yes", "--only", "cap:KILL")
    assert strange.exit_code == 2
    assert "Asked for: web:root, web:cap:CHOWN." in strange.stderr
    done("approve", asking, "--yes", "--only", "root", "--only", "cap:CHOWN")
    done("up", asking)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("title: A page", "title: Another page", "its files, data or description"),
        ("runtime: static", "runtime: static\n    mem_limit: 65m", "services.web"),
        ("files to others", "files to everybody", "exceptions"),
    ],
)
def test_any_change_of_the_blueprint_ends_it(asking: str, old: str, new: str, what: str) -> None:
    done("approve", asking, "--yes")
    done("up", asking)
    file = Path(asking) / "blueprint.yaml"
    file.write_text(file.read_text().replace(old, new, 1))
    told = refused("up", asking).stderr
    assert f"was granted by {ledger.me()} for another version; what changed: {what}" in told
    done("reset", "page")
    done("approve", asking, "--yes")
    done("up", asking)


def test_a_change_of_a_file_ends_it(asking: str) -> None:
    done("approve", asking, "--yes")
    (Path(asking) / "site" / "index.html").write_text("<title>Another</title>")
    assert "what changed: services.web [DEN809]\n" in refused("plan", asking).stderr


def test_an_image_that_is_another_one_ends_it(asking: str, engine: MemoryEngine) -> None:
    done("approve", asking, "--yes")
    done("up", asking)
    (approval,) = engine.approvals.known()
    (image,) = approval.images
    engine.approvals.contents[image] = "id of something else"
    for words in (["up", asking], ["plan", asking], ["reset", "page"], ["restart", "page"]):
        assert f"what changed: the image {image}" in refused(*words).stderr
    told = facts(done("status", "page"))["exceptions"]
    assert told[0].startswith("web: root: NOT IN FORCE, another version, by ")


def test_when_its_time_is_over_what_runs_goes_on_and_nothing_begins(
    asking: str, engine: MemoryEngine
) -> None:
    done("approve", asking, "--yes", "--lifetime", "1h")
    done("up", asking)
    later = clock.now() + timedelta(hours=2)
    for begin in (
        lambda: plan_reset(engine, "page", now=later),
        lambda: plan_restart(engine, "page", None, now=later),
    ):
        with pytest.raises(PolicyError, match="which is over") as caught:
            begin()
        assert caught.value.code == "DEN810"
    now = status(engine, "page", now=later)
    assert (now.state, now.exceptions.why) == ("ready", "its time is over")
    assert carry_out(engine, plan_reset(engine, "page"), lambda _: None) == {}


def test_what_was_taken_back_is_gone_for_all_versions(asking: str) -> None:
    done("approve", asking, "--yes")
    file = Path(asking) / "blueprint.yaml"
    file.write_text(file.read_text().replace("title: A page", "title: Another"))
    done("approve", asking, "--yes")
    done("up", asking)
    assert len(as_json("approve", "--list")) == 2
    told = done("approve", "page", "--revoke")
    assert facts(told)["revoked"] == ["4"]
    assert "What runs goes on" in told.stderr
    assert facts(done("status", "page"))["exceptions"][0] == "web: root: NOT GRANTED"
    refused("reset", "page")
    assert facts(done("approve", asking, "--revoke"))["revoked"] == ["0"]
    done("down", "page")


def test_all_that_is_granted_is_listed(asking: str) -> None:
    assert done("approve", "--list").stdout == "Nothing is granted.\n"
    done("approve", asking, "--yes")
    (found,) = as_json("approve", "--list")
    assert (found["blueprint"], found["ended"]) == ("page", False)
    assert as_json("approve", asking, "--list") == as_json("approve", "page", "--list") == [found]
    assert as_json("approve", "repair-right", "--list") == []
    assert facts(done("approve", "--list"))["granted"] == ["web: root", "web: cap:CHOWN"]


def test_what_ended_long_ago_is_forgotten(asking: str, engine: MemoryEngine) -> None:
    done("approve", asking, "--yes", "--lifetime", "1h")
    (known,) = engine.approvals.known()
    for subject, days in (("1" * 64, 6), ("2" * 64, 8)):
        ended = known.until - timedelta(days=days)
        began = {"subject": subject, "at": ended - timedelta(hours=1), "until": ended}
        engine.approvals.give(known.model_copy(update=began))
    done("approve", asking, "--yes", "--lifetime", "1h")
    assert sorted(one.subject[0] for one in engine.approvals.known()) == sorted(
        ["1", known.subject[0]]
    )


def test_a_right_that_does_nothing_is_said_to(tmp_path: Path) -> None:
    text = PAGE + ASKING[ASKING.index("exceptions:") :].replace("grant: root", "grant: run")
    told = done("approve", blueprint(tmp_path / "vain", text), "--yes").stderr
    assert told.count("it does nothing: the service does not run as root") == 1


def test_nothing_that_a_supplier_commands_is_built_before_it_was_granted(
    tmp_path: Path, engine: MemoryEngine
) -> None:
    runs = PAGE.replace("source: ./site\n    runtime: static", "build: ./site\n    expose: [80]")
    more = (
        "  upon: {extends: web, files: {/srv/x: ./other/index.html}}\n"
        "  other: {source: ./other, runtime: static}\n"
    )
    asks = "".join(
        f"  - {{service: {name}, grant: run, reason: It makes its pictures.}}\n"
        for name in ("web", "upon")
    )
    (tmp_path / "runs" / "other").mkdir(parents=True)
    (tmp_path / "runs" / "other" / "index.html").write_text("<title>Beside</title>")
    asking = blueprint(tmp_path / "runs", f"{runs}{more}exceptions:\n{asks}")
    dockerfile = Path(asking) / "site" / "Dockerfile"
    dockerfile.write_text('FROM debian:bookworm-slim\nRUN make pictures\nCMD ["true"]\n')
    told = done("approve", asking, "--yes").stderr
    assert "would run while images are made, and have not yet:\n  RUN " in told
    assert "make pictures" in told
    assembled = assemble(pipeline.loaded(engine, asking, "page"))
    images = {name: one.image for name, one in assembled.recipe.containers.items()}
    assert assembled.recipe.bound == (images["other"],)
    assert engine.observe("images", images.values()).images == {images["other"]}
    done("up", asking)
    page = Path(asking) / "site" / "index.html"
    page.write_text("<title>Another</title>")
    assert "for another version" in refused("up", asking).stderr


def test_a_recipe_that_is_not_ours_does_not_run(asking: str, engine: MemoryEngine) -> None:
    done("approve", asking, "--yes")
    done("up", asking)
    record = engine.observe("page").record
    assert record is not None
    recipe = engine.recipe(record.recipe)
    more = recipe.containers["web"].model_copy(update={"capabilities": ("CHOWN", "SYS_ADMIN")})
    forged = recipe.model_copy(update={"containers": {"web": more}})
    with pytest.raises(PolicyError, match="does not ask for: web: cap:SYS_ADMIN"):
        demand(engine, forged, clock.now())


def test_a_plan_tells_what_was_granted(asking: str) -> None:
    done("approve", asking, "--yes")
    assert "exception: web: root: granted by" in done("plan", asking).stdout
    assert [one["state"] for one in as_json("plan", asking)["exceptions"]] == ["granted"] * 2


def test_a_blueprint_that_asks_for_nothing_needs_no_approval(tmp_path: Path) -> None:
    page = blueprint(tmp_path / "page")
    assert "asks for no exception" in done("approve", page).stdout
    assert "exceptions" not in facts(done("up", page))
    assert as_json("status", "page")["exceptions"] == []


@pytest.mark.parametrize(
    "words",
    [
        ["approve"],
        ["approve", "--revoke"],
        ["approve", "x", "--list", "--revoke"],
        ["approve", "x", "--list", "--only", "root"],
        ["approve", "x", "--revoke", "--lifetime", "1h"],
        ["approve", "x", "--until", "17:00", "--lifetime", "1h"],
        ["approve", "x", "--lifetime", "15d"],
    ],
)
def test_what_does_not_go_together_is_refused(words: list[str]) -> None:
    assert sandboxctl(*words).exit_code == 2


def test_a_supplier_s_words_do_nothing_to_a_terminal(tmp_path: Path) -> None:
    reason = '"Owners.\\n  web: nothing\\n    it means: All is well [/x]"'
    text = ASKING.replace('"It gives files\\u0020to others."', reason)
    told = done("approve", blueprint(tmp_path / "sly", text), "--yes").stderr
    assert "they say: Owners. web: nothing it means: All is well [/x]\n" in told


def test_the_tab_key_offers_what_is_asked_for(asking: str) -> None:
    context = approve_verb.make_context("approve", [asking], resilient_parsing=True, obj=Session())
    context.params["blueprint"] = asking
    found: list[CompletionItem] = complete.asked("grants", context, "cap:")
    assert [item.value for item in found] == ["cap:CHOWN"]


def test_a_den_in_memory_leaves_no_history(asking: str) -> None:
    done("approve", asking, "--yes")
    done("up", asking)
    assert not ledger.path().exists()


def test_an_approval_is_the_same_for_every_name(tmp_path: Path, engine: MemoryEngine) -> None:
    named = ASKING.replace(
        "runtime: static", 'runtime: static\n    environment: {URL: "{{ sandbox.url }}"}'
    )
    asking = blueprint(tmp_path / "named", named)
    done("approve", asking, "--yes")
    for name in ("heron", "wren"):
        assert not pipeline.try_up(engine, asking, name).failed
    (approval,) = engine.approvals.known()
    assert isinstance(approval, Approval)


def test_the_page_names_every_code_and_every_right() -> None:
    page = (Path(__file__).parents[1] / "docs" / "exceptions.md").read_text(encoding="utf-8")
    exceptions = [code.code for code in trust_codes.CODES if code.code < "DEN850"]
    assert exceptions
    assert [code for code in exceptions if code not in page] == []
    for name in GRANTABLE:
        assert f"`cap:{name}`" in page
    policy = page.rpartition("Exit code 3 is a refusal by policy:")[2]
    assert sorted(re.findall(r"8\d\d", policy)) == sorted(
        code.code.removeprefix("DEN") for code in trust_codes.CODES if code.policy
    )
