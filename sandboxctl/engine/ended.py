"""Why a container does not run, in words and with the limit it hit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from docker.errors import NotFound

from sandboxctl import clock

if TYPE_CHECKING:
    from docker import APIClient


def why(api: APIClient, container: str) -> str:
    """Of one container; it may just have gone."""
    try:
        seen = api.inspect_container(container)
    except NotFound:
        return "it was just removed"
    state = seen["State"]
    limit = f"its limit of {round(seen['HostConfig']['Memory'] / 1024**2)} MiB"
    if state["OOMKilled"] or (state["ExitCode"] == _KILLED and _ran_out(api, container, state)):
        return f"it needed more memory than {limit}"
    if state["Status"] in ("created", "paused", "restarting"):
        return {"created": "it never started", "paused": "it is paused"}.get(
            state["Status"], f"it keeps failing (exit {state['ExitCode']}) and is started again"
        )
    if state["Error"]:
        return f"it could not start: {state['Error']}"
    again = seen["RestartCount"]
    times = f" {again + 1} times" if again else ""
    ended = f"it ended{times} with {_exit(state['ExitCode'])}"
    memory = f"; most often that means: it needed more memory than {limit}"
    return ended + (memory if state["ExitCode"] == _KILLED and state["Status"] == "exited" else "")


def _ran_out(api: APIClient, container: str, state: Mapping[str, Any]) -> bool:
    """Whether the engine saw it run out of memory, and only heard of it after its end: then its
    state does not say so, and its events do."""
    asked = {"container": [container], "event": ["oom"]}
    # Whole seconds, as the library's types have them, would lose or wait for the last one.
    now: Any = clock.stamp()
    return any(api.events(since=state["StartedAt"], until=now, filters=asked, decode=True))


_KILLED = 137


def _exit(status: int) -> str:
    known = {0: "success", 137: "SIGKILL", 139: "a segmentation fault", 143: "SIGTERM"}
    return f"{known[status]} (exit {status})" if status in known else f"exit {status}"
