"""Plans, compared as the text a person reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network
from textwrap import dedent

from sandboxctl.sandbox.operations import StartService
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.recipe import Load, Recipe
from sandboxctl.sandbox.reconcile import reconcile, restore
from sandboxctl.sandbox.state import Condition, Generation, Observed, Record, Seen
from sandboxctl.sandbox.wanted import lost
from tests.recipes import (
    EVENING,
    NOON,
    baseline,
    builds,
    container,
    inside,
    once,
    recipe,
    wanted,
    web_and_db,
)

WEB, ALL_THERE = recipe(container("web")), frozenset({"sandboxctl/web:1"})
BOTH_THERE = ALL_THERE | {"sandboxctl/baseline:k-db"}


def is_the_plan(plan: Plan, text: str) -> bool:
    assert str(plan) == dedent(text).strip()
    return True


def running(what: Recipe, **states: Condition) -> Generation:
    services = {
        name: Seen(name, states.get(name, "running"), why="it ended" if name in states else "")
        for name in what.containers
    }
    return Generation(1, IPv4Network("10.213.0.0/29"), services)


def live(what: Recipe, *others: Generation, **states: Condition) -> Observed:
    generation = running(what, **states)
    record = Record(live=1, recipe=what.digest, blueprint="benefits", since=NOON, until=EVENING)
    return Observed(
        "team-7",
        {one.number: one for one in (generation, *others)},
        record,
        BOTH_THERE,
        (IPv4Network("10.213.0.0/29"),),
    )


def test_a_first_up_builds_what_is_missing_and_starts_in_order() -> None:
    what = wanted(WEB, builds=builds("sandboxctl/base:1", "sandboxctl/web:1"))
    assert is_the_plan(
        reconcile(what, Observed("team-7")),
        """
        images
          1. build sandboxctl/base:1: not here yet
          2. build sandboxctl/web:1: not here yet, after 1
        team-7
          1. network 10.213.0.0/29: not there yet, after images 1, images 2
          2. start web: not there yet, after images 2, 1
          3. wait for web (running): it was started, after 2
          4. open the gateway to generation 1: all services are ready, after 3
          5. read through the gateway what generation 1 says: done means that it was read, after 4
        """,
    )


def test_a_parent_that_nothing_needs_is_not_built() -> None:
    what = wanted(WEB, builds=builds("sandboxctl/base:1", "sandboxctl/web:1"), pulls=("redis:7",))
    assert "images" not in str(reconcile(what, Observed("team-7", images=ALL_THERE)))


def test_an_image_of_a_registry_is_pulled() -> None:
    cache = recipe(container("cache", image="redis:7"))
    plan = reconcile(wanted(cache, pulls=("redis:7",)), Observed("team-7"))
    assert str(plan).startswith("images\n  1. pull redis:7: not here yet\nteam-7")


def test_what_is_there_already_needs_nothing() -> None:
    assert is_the_plan(reconcile(wanted(WEB), live(WEB)), "nothing to do")


def test_down_closes_the_gateway_first() -> None:
    assert is_the_plan(
        reconcile(None, live(web_and_db())),
        """
        team-7
          1. close the gateway: no longer wanted
          2. remove db: no longer wanted, after 1
          3. remove web: no longer wanted, after 1
          4. remove its network: no longer wanted, after 1, 2, 3
        """,
    )


def test_down_of_what_never_went_live_has_no_gateway_to_close() -> None:
    left = Observed("team-7", {1: Generation(1, None, {"web": Seen("web", "created")})})
    assert is_the_plan(reconcile(None, left), "team-7\n  1. remove web: no longer wanted")


def test_a_service_that_stopped_is_started_again_in_its_place() -> None:
    assert is_the_plan(
        reconcile(wanted(web_and_db()), live(web_and_db(), web="exited", db="exited")),
        """
        team-7
          1. start db again: it ended
          2. wait for db (running): it was started, after 1
          3. start web again: it ended, after 2
          4. wait for web (http / on port 8000): it was started, after 3
        """,
    )


def test_a_container_that_is_gone_makes_another_generation() -> None:
    seen = live(web_and_db())
    generation = seen.generations[1]
    left = replace(generation, services={"web": generation.services["web"]})
    plan = reconcile(wanted(web_and_db()), replace(seen, generations={1: left}))
    assert "1. network 10.213.0.8/29: db is gone" in str(plan)


def test_a_network_that_is_gone_makes_another_generation() -> None:
    seen = live(WEB)
    without = replace(seen.generations[1], subnet=None)
    plan = reconcile(wanted(WEB), replace(seen, generations={1: without}))
    assert "its network is gone" in str(plan)
    assert "its network is gone" in str(reconcile(wanted(WEB), replace(seen, generations={})))


def test_reset_moves_the_gateway_before_the_old_one_goes() -> None:
    assert is_the_plan(
        reconcile(wanted(WEB, fresh=True, previous=WEB), live(WEB)),
        """
        team-7
          1. network 10.213.0.8/29: reset
          2. start web: reset, after 1
          3. wait for web (running): it was started, after 2
          4. open the gateway to generation 2: all services are ready, after 3
          5. read through the gateway what generation 2 says: done means that it was read, after 4
          6. let generation 1 finish what it answers: another one is live, after 5
          7. remove web: replaced, after 6
          8. remove its network: replaced, after 6, 7
        """,
    )


def test_a_changed_blueprint_carries_over_the_data_it_says_nothing_new_about() -> None:
    before = web_and_db()
    after = before.model_copy(
        update={"containers": {**before.containers, "web": container("web", pids=64)}}
    )
    what = wanted(after, previous=before)
    assert is_the_plan(
        reconcile(what, live(before)),
        """
        team-7
          1. network 10.213.0.8/29: the blueprint changed
          2. hold the gateway: nothing may be entered while data is carried over, after 1
          3. let generation 1 finish what it answers: it is held, after 2
          4. stop web: it might write to what is carried over, after 3
          5. keep db as sandboxctl/carried:den-team-7-2-db: its definition stays, after 3, 4
          6. start db with its data: the blueprint changed, after 1, 5
          7. wait for db (running): it was started, after 6
          8. start web: the blueprint changed, after 1
          9. wait for web (running): it was started, after 8
          10. open the gateway to generation 2: all services are ready, after 7, 9
          11. read through the gateway what generation 2 says: done means that it was read, after 10
          12. let generation 1 finish what it answers: another one is live, after 11
          13. remove db: replaced, after 12
          14. remove web: replaced, after 12
          15. remove its network: replaced, after 12, 13, 14
        """,
    )
    assert lost(what, frozenset({"web", "db"})) == ()


def test_a_changed_database_loses_its_data_and_says_so() -> None:
    before, after = web_and_db(), web_and_db()
    changed = container("db", image="sandboxctl/baseline:k-db", stateful=True, definition="d2")
    after = before.model_copy(update={"containers": {**before.containers, "db": changed}})
    what = wanted(after, previous=before)
    assert lost(what, frozenset({"web", "db"})) == ("db",)
    assert "with its data" not in str(reconcile(what, live(before)))
    assert lost(wanted(after), frozenset({"db"})) == ()


def test_what_never_went_live_is_removed_and_not_repaired() -> None:
    crashed = Generation(2, None, {"web": Seen("web", "created")})
    assert is_the_plan(
        reconcile(wanted(WEB), live(WEB, crashed)),
        "team-7\n  1. remove web: it never went live",
    )
    plan = reconcile(wanted(WEB, fresh=True, previous=WEB), live(WEB, crashed))
    assert "open the gateway to generation 3" in str(plan)
    assert "remove web: it never went live\n" in str(plan) + "\n"


def test_after_a_failed_change_the_live_one_serves_as_before() -> None:
    crashed = Generation(2, IPv4Network("10.213.0.8/29"), {"web": Seen("web", "exited")})
    seen = live(WEB, crashed)
    alone = """
        team-7
          1. remove web: it never went live
          2. remove its network: it never went live, after 1
        """
    assert is_the_plan(restore(WEB, seen), alone)
    assert is_the_plan(restore(None, seen), alone), "the den lost its recipe"
    gone = replace(seen, generations={**seen.generations, 1: Generation(1)})
    assert is_the_plan(restore(WEB, gone), alone), "a broken one is not made anew by the way"
    assert not restore(WEB, live(WEB))


def test_a_held_gateway_is_opened_again_once_all_services_run() -> None:
    seen = live(web_and_db(), web="exited")
    assert seen.record is not None
    held = replace(seen, record=seen.record.model_copy(update={"held": True}))
    assert is_the_plan(
        restore(web_and_db(), held),
        """
        team-7
          1. start web again: it ended
          2. wait for web (http / on port 8000): it was started, after 1
          3. open the gateway to generation 1: it was held, after 2
        """,
    )


def test_another_lease_is_written_down_and_nothing_else_happens() -> None:
    later = replace(wanted(WEB), until=EVENING + timedelta(hours=1), lease_given=True)
    assert is_the_plan(
        reconcile(later, live(WEB)),
        "team-7\n  1. let it live until 2026-06-01 21:00 UTC: another lease",
    )
    assert not reconcile(replace(later, until=EVENING), live(WEB))


def test_minute_zero_is_made_once_and_kept() -> None:
    what = wanted(
        web_and_db(), baseline=baseline(), builds=builds("sandboxctl/db:1", "sandboxctl/web:1")
    )
    assert is_the_plan(
        reconcile(what, Observed("team-7")),
        """
        images
          1. build sandboxctl/db:1: not here yet
          2. build sandboxctl/web:1: not here yet, after 1
        baseline.k
          1. network 10.213.0.0/29: to make minute zero, after images 1, images 2
          2. start db: to make minute zero, after 1, images 1
          3. wait for db (running): it was started, after 2
          4. fill db with schema.sql: the blueprint asks for it, after 3
          5. keep db as sandboxctl/baseline:k-db: every sandbox starts from it, after 4
          6. remove db: minute zero is kept, after 5
          7. remove its network: minute zero is kept, after 1, 6
        team-7
          1. network 10.213.0.8/29: not there yet, after images 1, images 2
          2. start db: not there yet, after baseline.k 5, 1
          3. wait for db (running): it was started, after 2
          4. start web: not there yet, after images 2, 1, 3
          5. wait for web (http / on port 8000): it was started, after 4
          6. open the gateway to generation 1: all services are ready, after 3, 5
          7. read through the gateway what generation 1 says: done means that it was read, after 6
        """,
    )


def test_a_baseline_that_is_there_is_not_made_again() -> None:
    what = wanted(web_and_db(), baseline=baseline())
    assert "baseline.k" not in str(reconcile(what, Observed("team-7", images=BOTH_THERE)))


def test_commands_that_prepare_run_inside_a_database_or_once_beside_it() -> None:
    made = baseline(
        containers={
            "db": container("db", stateful=True),
            "web": container("web", depends_on=("db",), stateful=True),
        },
        tags={"db": "sandboxctl/baseline:k-db", "web": "sandboxctl/baseline:k-web"},
        prepare=(inside("db", "psql", "-f", "x"), once("web", "migrate"), once("web", "loaddata")),
    )
    after = web_and_db()
    web = after.containers["web"].model_copy(update={"image": "sandboxctl/baseline:k-web"})
    what = wanted(
        after.model_copy(update={"containers": {**after.containers, "web": web}}), baseline=made
    )
    seen = Observed("team-7", images=frozenset({"sandboxctl/db:1", "sandboxctl/web:1"}))
    assert is_the_plan(
        Plan(tuple(s for s in reconcile(what, seen).steps if s.sandbox == "baseline.k")),
        """
        baseline.k
          1. network 10.213.0.0/29: to make minute zero
          2. start db: to make minute zero, after 1
          3. wait for db (running): it was started, after 2
          4. fill db with schema.sql: the blueprint asks for it, after 3
          5. run psql -f x inside db: the blueprint asks for it, after 4
          6. run migrate in web: the blueprint asks for it, after 5
          7. run loaddata in web: the blueprint asks for it, after 6
          8. keep db as sandboxctl/baseline:k-db: every sandbox starts from it, after 7
          9. remove db: minute zero is kept, after 8
          10. remove its network: minute zero is kept, after 1, 9
        """,
    )
    starts = [s.after for s in reconcile(what, seen).steps if str(s.operation) == "start web"]
    assert starts == [(("baseline.k", 7), ("team-7", 1), ("team-7", 3))]


def test_a_command_may_prepare_where_no_database_is() -> None:
    made = baseline(
        containers={"web": container("web")},
        tags={"web": "sandboxctl/baseline:k-web"},
        first=(),
        prepare=(once("web", "import"),),
    )
    what = wanted(recipe(container("web", image="sandboxctl/baseline:k-web")), baseline=made)
    plan = reconcile(what, Observed("team-7", images=ALL_THERE))
    assert "2. run import in web: the blueprint asks for it, after 1" in str(plan)
    assert "3. remove its network: minute zero is kept, after 1, 2" in str(plan)


def test_a_helper_that_only_serves_while_minute_zero_is_made_is_not_kept() -> None:
    made = baseline(
        containers={n: container(n) for n in ("api", "db", "web")},
        tags={"web": "sandboxctl/baseline:k-web"},
        first=(),
        prepare=(once("db", "import"), inside("api", "warm"), once("web", "import")),
    )
    what = wanted(recipe(container("web", image="sandboxctl/baseline:k-web")), baseline=made)
    shown = str(reconcile(what, Observed("team-7", images=ALL_THERE)))
    assert "run import in db" in shown
    assert "keep db" not in shown
    assert "remove api: minute zero is kept" in shown
    assert "keep api" not in shown


def test_what_an_interrupted_baseline_left_goes_first() -> None:
    left = Observed(
        "baseline.k",
        {
            1: Generation(1, IPv4Network("10.213.0.0/29"), {"db": Seen("db", "exited")}),
            2: Generation(2, None, {"db": Seen("db", "created")}),
        },
    )
    plan = reconcile(wanted(web_and_db(), baseline=baseline()), Observed("team-7"), left)
    assert "1. remove db: left by an interrupted run" in str(plan)
    assert "2. remove its network: left by an interrupted run, after 1" in str(plan)
    assert "4. network 10.213.0.0/29: to make minute zero, after 1, 2, 3" in str(plan)
    places = {
        step.operation.place.generation
        for step in plan.steps
        if step.sandbox == "baseline.k" and isinstance(step.operation, StartService)
    }
    assert places == {3}


def test_what_is_left_of_a_baseline_that_was_kept_goes_too() -> None:
    there = Generation(3, IPv4Network("10.213.0.8/29"), {"db": Seen("db", "exited")})
    left = Observed("baseline.k", {3: there})
    what = wanted(web_and_db(), baseline=baseline())
    for seen in (live(web_and_db()), Observed("team-7", images=BOTH_THERE)):
        plan = reconcile(what, seen, left)
        assert is_the_plan(
            Plan(tuple(step for step in plan.steps if step.sandbox == "baseline.k")),
            """
            baseline.k
              1. remove db: minute zero is kept
              2. remove its network: minute zero is kept, after 1
            """,
        )


def test_tables_are_filled_after_all_that_prepares() -> None:
    load = Load(service="db", command=("psql",), table="homes")
    made = baseline(prepare=(inside("db", "x"),), fill=(load,), first=())
    seen = Observed("team-7", images=frozenset({"sandboxctl/db:1", "sandboxctl/web:1"}))
    plan = reconcile(wanted(web_and_db(), baseline=made), seen)
    assert "4. run x inside db: the blueprint asks for it, after 3" in str(plan)
    assert "5. fill db with homes: the blueprint asks for it, after 4" in str(plan)


def test_no_secret_is_there_while_minute_zero_is_made() -> None:
    made = baseline(containers={"db": container("db", stateful=True, secrets=("KEY",))})
    what = wanted(web_and_db(), baseline=made, secrets={"KEY": "s3cret"})
    places = [
        step.operation.place
        for step in reconcile(what, Observed("team-7")).steps
        if step.sandbox == "baseline.k" and isinstance(step.operation, StartService)
    ]
    assert [set(place.secrets) for place in places] == [{"KEY"}]
    assert "s3cret" not in places[0].secrets["KEY"]
