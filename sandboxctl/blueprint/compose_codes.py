"""The code of each key of Compose that a den does not have, and of what it was set to."""

from __future__ import annotations

from sandboxctl.blueprint import sockets
from sandboxctl.blueprint.problem import Key

ANYWAY, OTHERWISE = "DEN220", "DEN221"
"""So is it anyway; there is another way."""

SERVICE = {
    **dict.fromkeys(["annotations", "labels", "label_file"], "DEN330"),
    **dict.fromkeys(
        ["cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime",
         "cpu_shares", "cpuset"],
        "DEN324",
    ),
    **dict.fromkeys(
        ["mem_reservation", "mem_swappiness", "memswap_limit", "shm_size"], "DEN323"
    ),
    **dict.fromkeys(["oom_kill_disable", "oom_score_adj"], "DEN313"),
    **dict.fromkeys(["blkio_config", "storage_opt"], "DEN325"),
    "ulimits": "DEN326",
    **dict.fromkeys(["deploy", "scale"], "DEN223"),
    "privileged": "DEN301",
    "cap_add": "DEN302",
    "security_opt": "DEN303",
    "userns_mode": "DEN305",
    **dict.fromkeys(["ipc", "pid", "uts", "cgroup"], "DEN306"),
    **dict.fromkeys(["devices", "device_cgroup_rules", "gpus"], "DEN307"),
    "sysctls": "DEN308",
    **dict.fromkeys(["isolation", "credential_spec"], "DEN309"),
    "group_add": "DEN310",
    "cgroup_parent": "DEN311",
    "use_api_socket": "DEN312",
    "container_name": "DEN331",
    **dict.fromkeys(["cap_drop", "init", "read_only"], ANYWAY),
    "volumes": "DEN451",
    "volumes_from": "DEN453",
    "tmpfs": "DEN454",
    "configs": "DEN455",
    "env_file": "DEN456",
    **dict.fromkeys(["platform", "pull_policy", "pull_refresh_after"], "DEN581"),
    "ports": "DEN740",
    "network_mode": "DEN741",
    **dict.fromkeys(["networks", "links", "external_links"], "DEN742"),
    **dict.fromkeys(["dns", "dns_opt", "dns_search"], "DEN743"),
    "extra_hosts": "DEN744",
    **dict.fromkeys(["mac_address", "hostname", "domainname"], "DEN745"),
    "logging": "DEN746",
    **dict.fromkeys(["models", "provider"], "DEN747"),
    **dict.fromkeys(["post_start", "pre_start", "pre_stop"], "DEN222"),
}  # fmt: skip
"""Those that are not here only have another way."""

BUILD = {
    "privileged": "DEN301",
    "entitlements": "DEN303",
    "isolation": "DEN309",
    "shm_size": "DEN323",
    "ulimits": "DEN326",
    "additional_contexts": "DEN450",
    **dict.fromkeys(["platforms", "pull"], "DEN581"),
    "network": "DEN741",
    "extra_hosts": "DEN744",
    **dict.fromkeys(["secrets", "ssh"], "DEN890"),
}
"""Keys of `build` that ask for what a service does not get either."""

TOP = {
    "networks": "DEN742",
    "volumes": "DEN451",
    "configs": "DEN455",
    "include": "DEN457",
    "models": "DEN747",
    "version": ANYWAY,
}
_NOTHING: tuple[object, ...] = (None, False, "", [], {})
_HARMLESS = frozenset(
    ["privileged", "cap_add", "devices", "oom_kill_disable", "use_api_socket", "volumes"]
)
"""Keys that ask for nothing where they are empty or false."""


def code(key: Key, value: object) -> str:
    """The code of one key that Compose has and a den has not."""
    match key:
        case ("services", _, str(name)):
            return _service(name, value)
        case ("services", _, "build", str(name)):
            return BUILD.get(name, "DEN590")
        case ("secrets", *_):
            return "DEN890"
        case ("volumes",) if _mentions(value, ("driver", "driver_opts")):
            return "DEN452"
        case (str(name),):
            return TOP.get(name, OTHERWISE)
        case _:
            return OTHERWISE


def _service(name: str, value: object) -> str:
    if name in _HARMLESS and value in _NOTHING:
        return ANYWAY
    match name:
        case "read_only" if value is not True:
            return "DEN314"
        case "volumes":
            return _volumes(value)
        case "deploy" if _mentions(value, ("resources", "limits", "reservations")):
            return "DEN323"
        case _:
            return SERVICE.get(name, OTHERWISE)


def _volumes(value: object) -> str:
    texts = list(_texts(value))
    if any(sockets.named(text) for text in texts):
        return "DEN312"
    if _mentions(value, ("driver", "driver_opts", "nfs", "cifs", "volume_opt")):
        return "DEN452"
    return "DEN450" if any(text[:1] in ("/", ".", "~", "$") for text in texts) else "DEN451"


def _texts(value: object) -> list[str]:
    """What stands first in each volume: where it comes from."""
    match value:
        case list():
            return [text for item in value for text in _texts(item)]
        case dict():
            return [str(value.get("source", ""))] if value.get("type") != "tmpfs" else []
        case _:
            return [str(value)]


def _mentions(value: object, names: tuple[str, ...]) -> bool:
    """Whether one of the names is a key anywhere in it."""
    match value:
        case dict():
            return any(key in names or _mentions(below, names) for key, below in value.items())
        case list():
            return any(_mentions(item, names) for item in value)
        case _:
            return False
