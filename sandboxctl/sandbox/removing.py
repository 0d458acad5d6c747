"""Taking generations away: what was begun and never live, what was replaced, what is over."""

from __future__ import annotations

from sandboxctl.sandbox.operations import RemoveAside, RemoveNetwork, RemoveService
from sandboxctl.sandbox.plan import Draft, Key
from sandboxctl.sandbox.state import Generation


def remove_generation(
    draft: Draft, generation: Generation, why: str, after: Key | None = None
) -> list[Key]:
    """Its containers, with what was written in them, then its network; the steps of that."""
    gone = [
        draft.add(RemoveService(generation.number, name), why, after, home=generation.home)
        for name in sorted(generation.services)
    ]
    gone += [
        draft.add(RemoveAside(generation.number, name), why, after, home=generation.home)
        for name in sorted(generation.beside)
    ]
    if generation.subnet:
        network = RemoveNetwork(generation.number)
        gone.append(draft.add(network, why, after, *gone, home=generation.home))
    return gone
