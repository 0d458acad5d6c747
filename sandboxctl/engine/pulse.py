"""When the engine and the den's gateway began and ended, what their clocks say, and which services
do not run, and since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import docker
from docker.errors import NotFound

from sandboxctl.engine import gateway_container, opening
from sandboxctl.engine.decided import Decided
from sandboxctl.engine.look import inspect
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import labels, names
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.lease import Times
from sandboxctl.sandbox.restarting import Ended, Pulse, Still
from sandboxctl.sandbox.state import Observed

_STILL = ["created", "exited", "dead"]
_NEVER = "0001-01-01"
"""How an engine writes a time that has not been."""
_USUAL = "com.docker.network.bridge.default_bridge"


class Beat:
    """Of one den."""

    def __init__(
        self, api: docker.APIClient, den: Den, ours: Mapping[str, Any], decided: Decided
    ) -> None:
        self._api, self._den, self._ours = api, den, ours
        self._install, self._line = decided.install, decided.line

    def pulse(self) -> Pulse | None:
        """See `Engine.pulse`."""
        if not self._install():
            return None
        with in_our_words("looking at the gateway"):
            seen = inspect(self._api, "container", opening.name(self._den))
            began = self._engine_began()
        if seen is None:
            return Pulse(runs=False, engine=began)
        state = seen["State"]
        return Pulse(
            runs=bool(state["Running"]),
            started=moment(state["StartedAt"]),
            stopped=moment(state["FinishedAt"]) or _before(seen),
            engine=began,
        )

    def times(self) -> Times | None:
        """See `Engine.times`."""
        pulse = self.pulse()
        if pulse is None or not pulse.runs or pulse.started is None:
            return None
        try:
            told = self._line().ask("times")
        except EngineError as error:
            if "does not know" in str(error):  # a gateway of an earlier version
                return None
            raise
        now = datetime.fromtimestamp(told["wall"], UTC)
        return Times(now, pulse.started, timedelta(seconds=told["up"]))

    def still(self) -> Sequence[Still]:
        """See `Engine.still`."""
        asked = {**self._ours, "status": _STILL}
        with in_our_words("looking which services run"):
            found = self._api.containers(all=True, filters=asked)
            install = self._install()
        owners = [labels.owner(one["Labels"]) for one in found]
        return [
            Still(owner.sandbox, owner.generation, owner.service)
            for owner in owners
            if owner and owner.install == install and owner.service and owner.sandbox
        ]

    def ends(self, observed: Observed) -> Sequence[Ended]:
        """How the services of the live generation ended last, in the order of their names."""
        live = observed.live
        found: list[Ended] = []
        for service in sorted(live.services) if live else ():
            assert live is not None
            whose = live.home or observed.sandbox
            name = names.container(self._den.name, whose, live.number, service)
            with in_our_words(f"looking how {service} ended"):
                try:
                    found.append(_ended(service, self._api.inspect_container(name)))
                except NotFound:  # just removed
                    continue
        return found

    def _engine_began(self) -> datetime | None:
        """An engine makes its usual bridge anew each time that it starts; one that has none does
        not tell."""
        for one in self._api.networks(filters={"type": "builtin"}):
            if (one.get("Options") or {}).get(_USUAL) == "true":
                return moment(one["Created"])
        return None


def _before(seen: Mapping[str, Any]) -> datetime | None:
    """When the gateway ended whose place this one took."""
    told = (seen["Config"]["Labels"] or {}).get(gateway_container.ENDED)
    return moment(told) if told else None


def _ended(service: str, seen: Mapping[str, Any]) -> Ended:
    state = seen["State"]
    return Ended(
        service,
        since=moment(state["StartedAt"]),
        at=moment(state["FinishedAt"]),
        status=int(state["ExitCode"]),
        restarts=int(seen["RestartCount"]),
        runs=bool(state["Running"]),
    )


def moment(text: str) -> datetime | None:
    """A time as an engine writes it; None for one that has not been."""
    return None if text.startswith(_NEVER) else datetime.fromisoformat(text).astimezone(UTC)
