"""`snapshot`, `restore` and who needs an image, on a den in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from sandboxctl.cli.main import main
from sandboxctl.cli.snapshot import snapshot_verb
from sandboxctl.engine import connect
from sandboxctl.engine.images import ImageFacts, needs, unneeded
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.lifecycle.prepare import needed, uses
from sandboxctl.lifecycle.snapshot import plan_forget
from sandboxctl.sandbox.operations import StopService
from sandboxctl.sandbox.state import Record, Spare
from sandboxctl.workshop.record import Member, Workshop
from tests.cli import PAGE, WITH_DATABASE, blueprint, facts, sandboxctl
from tests.recipes import NOON


@pytest.fixture(autouse=True)
def _den(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    connect.IN_MEMORY.clear()
    yield
    connect.IN_MEMORY.clear()


@pytest.fixture
def up(tmp_path: Path) -> None:
    assert sandboxctl("up", blueprint(tmp_path / "page", WITH_DATABASE)).exit_code == 0


def engine() -> MemoryEngine:
    return connect.IN_MEMORY["den"]


def record() -> Record:
    found = engine().observe("page").record
    assert found
    return found


def names_of(*words: str) -> list[str]:
    return [one["snapshot"] for one in json.loads(sandboxctl(*words, "--json").stdout)]


@pytest.mark.usefixtures("up")
def test_taking_says_what_is_kept_what_is_not_and_how_to_return() -> None:
    result = sandboxctl("snapshot", "page", "lunch")
    said = facts(result)
    assert result.exit_code == 0
    assert said["snapshot"] == ["lunch"]
    assert said["kept"] == ["what db has on disk"]
    assert said["not kept"] == [
        "what any service held in memory or under /tmp",
        "web: it keeps nothing on disk",
    ]
    assert said["return"] == ["sandboxctl restore page lunch"]
    assert "page: keep db in snapshot lunch: done" in result.stderr


@pytest.mark.usefixtures("up")
def test_the_list_has_automatic_ones_too_and_each_leads_back() -> None:
    assert sandboxctl("snapshot", "page").stdout.startswith("page has none.")
    sandboxctl("snapshot", "take", "page", "lunch")
    sandboxctl("reset", "page")
    assert names_of("snapshot", "page") == names_of("snapshot", "ls", "page")
    said = facts(sandboxctl("snapshot", "page"))
    assert said["snapshot"] == ["auto-1", "lunch"]
    assert said["why"] == ["put aside by reset", "taken by somebody"]
    assert said["left"][1] == "as long as the sandbox"
    assert said["return"] == ["sandboxctl restore page auto-1", "sandboxctl restore page lunch"]


@pytest.mark.usefixtures("up")
def test_restore_says_what_was_lost_and_can_be_undone() -> None:
    sandboxctl("snapshot", "page", "lunch")
    result = sandboxctl("restore", "page", "lunch")
    said = facts(result)
    assert result.exit_code == 0
    assert "page is back at lunch" in result.stdout
    assert said["generation"] == ["2"]
    assert said["lost"] == ["what was entered in db"]
    assert "reset page --undo" in said["comes back"][0]
    live = engine().observe("page").live
    assert live
    assert live.services["db"].image == record().snapshots[0].images["db"]
    assert sandboxctl("reset", "page", "--undo").exit_code == 0
    assert record().live == 1
    assert sandboxctl("restore", "page", "auto-2").exit_code == 0
    assert record().live == 2
    assert names_of("snapshot", "page") == ["auto-1", "lunch"]


@pytest.mark.usefixtures("up")
def test_what_is_not_there_is_said_with_what_is() -> None:
    sandboxctl("snapshot", "page", "lunch")
    for name in ("dinner", "auto-7"):
        refused = sandboxctl("restore", "page", name)
        assert refused.exit_code == 1
        assert f"page has no snapshot {name}" in refused.stderr
        assert "→ It has lunch." in refused.stderr
    assert sandboxctl("snapshot", "nobody").exit_code == 1
    assert sandboxctl("snapshot", "nobody", "x").exit_code == 1
    assert sandboxctl("restore", "nobody", "x").exit_code == 1
    assert sandboxctl("snapshot", "rm", "page", "auto-1").exit_code == 1
    assert sandboxctl("snapshot", "page", "auto-9").exit_code == 2


@pytest.mark.usefixtures("up")
def test_an_image_that_is_gone_is_named() -> None:
    sandboxctl("snapshot", "page", "lunch")
    [image] = record().snapshots[0].images.values()
    engine()._images -= {image}
    refused = sandboxctl("restore", "page", "lunch")
    assert refused.exit_code == 4
    assert f"{image} is gone" in refused.stderr


@pytest.mark.usefixtures("up")
def test_one_that_is_removed_is_gone_and_its_name_is_free() -> None:
    for _ in range(2):
        assert sandboxctl("snapshot", "page", "lunch").exit_code == 0
        assert facts(sandboxctl("snapshot", "rm", "page", "lunch"))["removed"] == ["lunch"]
        assert record().snapshots == ()
        assert not [image for image in engine()._images if "snapshot" in image]


@pytest.mark.usefixtures("up")
def test_a_removal_that_was_interrupted_is_finished_by_the_same_command() -> None:
    sandboxctl("snapshot", "page", "lunch")
    begun = plan_forget(engine(), "page", "lunch").steps[0]
    engine().apply("page", begun.operation, lambda _: None)
    assert [one.whole for one in record().snapshots] == [False]
    assert sandboxctl("restore", "page", "lunch").exit_code == 1
    assert sandboxctl("snapshot", "rm", "page", "lunch").exit_code == 0
    assert record().snapshots == ()
    assert not [image for image in engine()._images if "snapshot" in image]


@pytest.mark.usefixtures("up")
def test_down_takes_snapshots_along() -> None:
    sandboxctl("snapshot", "page", "lunch")
    assert sandboxctl("down", "page").exit_code == 0
    assert not [image for image in engine()._images if "snapshot" in image]


def test_where_nothing_keeps_data_there_is_nothing_to_keep(tmp_path: Path) -> None:
    sandboxctl("up", blueprint(tmp_path / "page", PAGE))
    refused = sandboxctl("snapshot", "page", "lunch")
    assert refused.exit_code == 1
    assert "there is nothing in it to return to" in refused.stderr


@pytest.mark.usefixtures("up")
def test_a_secret_that_only_the_snapshot_asks_for_can_be_given(tmp_path: Path) -> None:
    asked = "secrets: {KEY: {ask: The key}}\n" + WITH_DATABASE.replace(
        "runtime: static", "runtime: static\n    secrets: [KEY]"
    )
    folder = tmp_path / "page"
    (tmp_path / "key").write_text("hunter2\n")
    given = ("--secret", f"KEY=@{tmp_path / 'key'}")
    assert sandboxctl("up", blueprint(folder, asked), *given).exit_code == 0
    sandboxctl("snapshot", "page", "lunch")
    assert sandboxctl("up", blueprint(folder, WITH_DATABASE)).exit_code == 0
    engine()._given.clear()
    assert "--secret KEY=@FILE" in sandboxctl("restore", "page", "lunch").stderr
    assert sandboxctl("restore", "page", "lunch", *given).exit_code == 0


def test_completion_offers_sandboxes_and_snapshots() -> None:
    context = click.Context(main, info_name="sandboxctl")
    group = click.Context(snapshot_verb, info_name="snapshot", parent=context)
    offered = {one.value for one in snapshot_verb.shell_complete(group, "")}
    assert {"ls", "rm", "take"} <= offered


# -- one service only ------------------------------------------------------------------------


@pytest.mark.usefixtures("up")
def test_one_service_begins_again_and_can_be_had_back() -> None:
    first = sandboxctl("reset", "page", "--service", "db")
    said = facts(first)
    assert first.exit_code == 0
    assert "db of page is back at minute zero" in first.stdout
    assert said["service"] == ["db"]
    assert said["generation"] == ["1"]
    assert said["lost"] == ["what was entered in db"]
    assert "reset page --service db --undo" in said["comes back"][0]
    assert "db, replaced on" in sandboxctl("status", "page").stdout
    told = json.loads(sandboxctl("status", "page", "--json").stdout)["comes_back"]
    assert [one["service"] for one in told] == ["db"]
    assert sandboxctl("reset", "page", "--service", "db", "--undo").exit_code == 0
    other = facts(sandboxctl("reset", "page", "--service", "web"))
    assert other["lost"] == ["nothing: web keeps no data"]
    assert "what was entered in db" in other["kept"]
    assert sandboxctl("reset", "page", "--service", "nix").exit_code == 1
    assert "is not" not in sandboxctl("reset", "page").stderr
    assert sandboxctl("down", "page").exit_code == 0


@pytest.mark.usefixtures("up")
def test_one_service_that_does_not_start_is_taken_back_and_said_so() -> None:
    engine()._unstartable = frozenset({"db"})
    failed = sandboxctl("reset", "page", "--service", "db")
    assert failed.exit_code == 4
    assert "db was taken back as it was, with its data; page serves." in failed.stderr
    engine()._unstartable = frozenset()
    live = engine().observe("page").live
    assert live
    assert live.services["db"].runs
    assert not live.beside


# -- who needs an image ----------------------------------------------------------------------


@pytest.mark.usefixtures("up")
def test_every_image_is_needed_by_what_could_not_return_without_it() -> None:
    sandboxctl("snapshot", "page", "lunch")
    sandboxctl("reset", "page")
    live = engine().observe("page").live
    assert live
    baseline = live.services["db"].image
    [kept] = record().snapshots[0].images.values()
    spare = Spare(recipe=record().recipe, subnet=engine().den.range, since=NOON)
    engine()._spares["spare.x.a"] = spare
    team = Member(sandbox="page", blueprint="page", recipe=record().recipe)
    unmade = team.model_copy(update={"sandbox": "other", "recipe": "0" * 12})
    teams = {"blue": team, "red": unmade}
    autumn = Workshop(name="autumn", teams=teams, since=NOON, until=NOON)
    engine().decide("workshops", "autumn", autumn.model_dump(mode="json"))
    who = uses(engine())
    assert who[kept] == ("page, lunch",)
    assert who[baseline] == (
        "page",
        "page, auto-1",
        "page, lunch",
        f"spares of {spare.recipe}",
        "workshop autumn",
    )
    assert needed(engine()) == set(who)


def test_what_starts_from_an_image_needs_it_too() -> None:
    day = datetime(2026, 6, 1, tzinfo=UTC)
    images = [
        ImageFacts("base:1", "base", 1, day),
        ImageFacts("baseline:1", "baseline", 1, day, parent="base:1"),
        ImageFacts("snapshot:1", "snapshot", 1, day, parent="baseline:1"),
        ImageFacts("old:1", "baseline", 1, day, parent="base:1"),
    ]
    who = needs(images, {"snapshot:1": ("a, lunch",), "baseline:1": ("a",), "other": ("b",)})
    assert who == {
        "snapshot:1": ("a, lunch",),
        "baseline:1": ("a", "a, lunch"),
        "base:1": ("a", "a, lunch"),
    }
    gone = unneeded(images, {"snapshot:1"}, before=day + timedelta(days=1))
    assert [image.tag for image in gone] == ["old:1"]


@pytest.mark.usefixtures("up")
def test_a_snapshot_that_cannot_be_taken_leaves_nothing() -> None:
    class Full(MemoryEngine):
        def apply(self, sandbox: str, operation: object, note: object) -> None:
            if str(operation).startswith("keep"):
                from sandboxctl.errors import EngineError

                raise EngineError("no space left", hint="Make room.")
            super().apply(sandbox, operation, note)  # type: ignore[arg-type]

    full = Full()
    full.__dict__ |= engine().__dict__
    connect.IN_MEMORY["den"] = full
    failed = sandboxctl("snapshot", "page", "lunch")
    assert failed.exit_code == 4
    assert "no space left" in failed.stderr
    assert record().snapshots == ()
    engine().apply("page", StopService(1, "web", 1.0), lambda _: None)
    assert names_of("snapshot", "page") == []
