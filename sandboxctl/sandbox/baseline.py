"""Minute zero, made once: services started, prepared, filled, stopped cleanly and kept.

It happens on a closed network like any generation's, in a group of steps of its own, so that a
failure leaves nothing but that group, and the next run begins by taking it away.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network

from sandboxctl.sandbox import addresses, names
from sandboxctl.sandbox.operations import (
    Commit,
    CreateNetwork,
    Fill,
    Place,
    RemoveNetwork,
    RemoveService,
    RunInside,
    RunOnce,
    StartService,
    WaitReady,
)
from sandboxctl.sandbox.plan import Draft, Key, Plan
from sandboxctl.sandbox.recipe import Baseline
from sandboxctl.sandbox.state import Observed
from sandboxctl.sandbox.wanted import Wanted, in_order


def make_baseline(
    wanted: Wanted, observed: Observed, making: Observed | None, images: Mapping[str, Key]
) -> tuple[Plan, dict[str, Key], IPv4Network]:
    """The steps, the step after which each baseline's tag is there, and the subnet they use."""
    baseline = wanted.baseline
    assert baseline is not None
    draft = Draft(names.BASELINE + baseline.key)
    leftovers = _clear(draft, making)
    number = making.next if making else 1
    subnet = addresses.free(observed.range, observed.taken, len(baseline.containers))
    places = addresses.services(subnet, baseline.containers)
    place = Place(number, subnet, baseline.key, places, _stand_ins(baseline))
    network = draft.add(
        CreateNetwork(number, subnet, baseline.key),
        "to make minute zero",
        *leftovers,
        *images.values(),
    )
    writing = _Writing(draft, baseline, place, images)
    running = writing.start(network)
    done = writing.load(writing.prepare(writing.first(running), network))
    return _keep(writing, done, network), writing.kept, subnet


def _stand_ins(baseline: Baseline) -> dict[str, str]:
    """Not the secrets: a commit keeps the environment a container had, for all who may look."""
    names_ = {name for one in baseline.containers.values() for name in one.secrets}
    return {name: f"stands-in-for-{name}".ljust(64, "-") for name in sorted(names_)}


def _clear(draft: Draft, making: Observed | None) -> list[Key]:
    """What an interrupted run left is removed, never repaired."""
    keys: list[Key] = []
    for generation in making.generations.values() if making else ():
        gone = [
            draft.add(RemoveService(generation.number, name), "left by an interrupted run")
            for name in sorted(generation.services)
        ]
        keys += gone
        if generation.subnet:
            keys.append(
                draft.add(RemoveNetwork(generation.number), "left by an interrupted run", *gone)
            )
    return keys


class _Writing:
    """The draft of one baseline, and which services run while it is made."""

    def __init__(
        self, draft: Draft, baseline: Baseline, place: Place, images: Mapping[str, Key]
    ) -> None:
        self.draft, self.baseline, self.place, self._images = draft, baseline, place, images
        once = {step.service for step in baseline.prepare if not step.inside}
        order = in_order(baseline.containers)
        self.servers = [name for name in order if name not in once]
        self.kept: dict[str, Key] = {}

    def start(self, network: Key) -> dict[str, Key]:
        ready: dict[str, Key] = {}
        for name in self.servers:
            container = self.baseline.containers[name]
            needs = [ready.get(need) for need in container.depends_on]
            started = self.draft.add(
                StartService(container, self.place, container.image),
                "to make minute zero",
                network,
                self._images.get(container.image),
                *needs,
            )
            waiting = WaitReady(self.place.generation, container, self.place.addresses[name])
            ready[name] = self.draft.add(waiting, "it was started", started)
        return ready

    def first(self, ready: dict[str, Key]) -> list[Key]:
        last = list(ready.values())
        for load in self.baseline.first:
            fill = Fill(self.place.generation, load, None)
            last = [self.draft.add(fill, "the blueprint asks for it", *last)]
        return last

    def prepare(self, after: list[Key], network: Key) -> list[Key]:
        last = after or [network]
        image = {name: c.image for name, c in self.baseline.containers.items()}
        for n, step in enumerate(self.baseline.prepare):
            if step.inside:
                inside = RunInside(self.place.generation, step.service, step.argv)
                last = [self.draft.add(inside, "the blueprint asks for it", *last)]
                continue
            more = any(s.service == step.service for s in self.baseline.prepare[n + 1 :])
            keep = self._kept_by(step.service, n, more)
            container = self.baseline.containers[step.service]
            once = RunOnce(container, self.place, image[step.service], step.argv, keep)
            needs = self._images.get(image[step.service])
            last = [self.draft.add(once, "the blueprint asks for it", *last, needs)]
            image[step.service] = keep or image[step.service]
            if not more and keep:
                self.kept[keep] = last[0]
        return last

    def _kept_by(self, service: str, n: int, more: bool) -> str:
        """What a command leaves is kept where the service keeps state: under a passing tag while
        more commands follow, under the baseline's after the last."""
        if service not in self.baseline.tags:
            return ""
        return (
            f"sandboxctl/passing:{self.baseline.key}-{n}" if more else self.baseline.tags[service]
        )

    def load(self, after: list[Key]) -> list[Key]:
        last = after
        for load in self.baseline.fill:
            fill = Fill(self.place.generation, load, self.baseline.data)
            last = [self.draft.add(fill, "the blueprint asks for it", *last)]
        return last


def _keep(writing: _Writing, done: list[Key], network: Key) -> Plan:
    draft, number = writing.draft, writing.place.generation
    removed: list[Key] = []
    for name in writing.servers:
        last = done
        if name in writing.baseline.tags:
            container, tag = writing.baseline.containers[name], writing.baseline.tags[name]
            filled = any(load.service == name for load in writing.baseline.fill)
            data = writing.baseline.data if filled else None
            key = writing.baseline.key
            keep = Commit(number, container, tag, stop=True, blueprint=key, data=data)
            last = [draft.add(keep, "every sandbox starts from it", *done)]
            writing.kept[tag] = last[0]
        removed.append(draft.add(RemoveService(number, name), "minute zero is kept", *last))
    draft.add(RemoveNetwork(number), "minute zero is kept", *(removed or done), network)
    return Plan(tuple(draft.steps))
