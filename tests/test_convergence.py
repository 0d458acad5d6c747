"""The one property: from anywhere to anywhere in one plan, and then there is nothing to do."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.lifecycle.execute import execute
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.reconcile import reconcile
from tests.recipes import builds, container, recipe, wanted


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    names = draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=5, unique=True))
    containers = []
    for n, name in enumerate(names):
        needs = draw(st.sets(st.sampled_from(names[:n] or names[:1]))) if n else set()
        stateful, pids = draw(st.booleans()), draw(st.integers(8, 10))
        containers.append(
            container(name, depends_on=tuple(sorted(needs)), stateful=stateful, pids=pids)
        )
    return recipe(*containers)


ALL = builds("sandboxctl/base:1", *(f"sandboxctl/{name}:1" for name in "abcde"))


@settings(max_examples=60, deadline=None)
@given(before=recipes(), after=recipes(), crash=st.integers(0, 12))
def test_from_anywhere_to_anywhere_in_one_plan(before: Recipe, after: Recipe, crash: int) -> None:
    engine = MemoryEngine()
    first = reconcile(wanted(before, builds=ALL), engine.observe("x"))
    for step in first.steps[: crash or None]:  # as if we were killed after some of them
        engine.apply(step.sandbox, step.operation, lambda _: None)
    for goal, previous in ((after, before), (after, after)):
        plan = reconcile(wanted(goal, builds=ALL, previous=previous), engine.observe("x"))
        assert execute(plan, engine, tell=lambda _: None) == {}
    now = engine.observe("x")
    assert not reconcile(wanted(after, builds=ALL), now)
    assert len(now.generations) == 1
    assert set(now.generations[now.record.live if now.record else 0].services) == set(
        after.containers
    )
    assert execute(reconcile(None, now), engine, tell=lambda _: None) == {}
    assert engine.sandboxes() == []
