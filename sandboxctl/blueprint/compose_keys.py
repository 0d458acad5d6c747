"""Keys of the Compose Specification that a den does not have, and the den's way instead.

Source  https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json
"""

from __future__ import annotations

from sandboxctl.blueprint.dockerfile import ways
from sandboxctl.blueprint.problem import Key

_LIMITS = "limits are set with `mem_limit`, `cpus` and `pids_limit`"
_NETWORK = "each sandbox has one closed network of its own, and services find each other by name"
_DNS = "names are resolved inside the sandbox only; services find each other by name"
_ROOT = "no service gets rights on the host; the engine's hardening cannot be loosened"
_SHARED = "services do not share namespaces or files; let them speak over the network"
_LABELS = "labels belong to the den; they are how it knows what is its own"
_DISK = "a service keeps data in its own folders: name them in `writable`"
_FILES = "files come from beside the blueprint: `files: {/path/in/container: ./file}`"
_ENVIRONMENT = (
    "a blueprint reads no files of variables; use `environment`, `parameters` and `secrets`"
)
_IMAGE = "images are prepared before a workshop, by `sandboxctl image prepare`"
_HOOK = "work to be done before minute zero goes into `prepare`"
_DEVICE = "a sandbox has no devices of the host"

SERVICE = {
    **dict.fromkeys(["annotations", "labels", "label_file"], _LABELS),
    "attach": "nobody is attached; `sandboxctl logs` shows every service",
    **dict.fromkeys(
        ["blkio_config", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period",
         "cpu_rt_runtime", "cpu_shares", "cpuset", "mem_reservation", "mem_swappiness",
         "memswap_limit", "ulimits"],
        _LIMITS,
    ),
    "deploy": "limits are `mem_limit` and `cpus` here, and each service is one container",
    "scale": "each service is one container; give another one a name and `extends`",
    **dict.fromkeys(
        ["cap_add", "privileged", "security_opt", "userns_mode", "oom_kill_disable",
         "oom_score_adj", "cgroup", "cgroup_parent", "sysctls", "group_add", "isolation",
         "credential_spec", "use_api_socket"],
        _ROOT,
    ),
    "cap_drop": "all capabilities are dropped from every service anyway; take it out",
    "read_only": "the root is read-only anyway; name folders to write to in `writable`",
    "init": "every service has an init process anyway; take it out",
    "container_name": "containers are named by the den, as there is one of each for every team",
    **dict.fromkeys(["hostname", "domainname"], "a service is reached by its own name"),
    **dict.fromkeys(["devices", "device_cgroup_rules", "gpus"], _DEVICE),
    **dict.fromkeys(["dns", "dns_opt", "dns_search"], _DNS),
    **dict.fromkeys(
        ["networks", "network_mode", "links", "external_links", "extra_hosts", "mac_address"],
        _NETWORK,
    ),
    "env_file": _ENVIRONMENT,
    "configs": _FILES,
    "develop": "a change of the folder is taken up by the next `sandboxctl up`",
    **dict.fromkeys(["ipc", "pid", "uts", "volumes_from"], _SHARED),
    "logging": "logs are kept by the den; `sandboxctl logs` shows them",
    "models": "a sandbox has no way out; put the model into a service of its own",
    "platform": "a service runs on the platform of the engine",
    "ports": "no port is published: `opens` says what a team sees, `expose` what a service listens "
    "on, `public: true` gives a service its own address",
    **dict.fromkeys(["post_start", "pre_start", "pre_stop"], _HOOK),
    "profiles": "every service of a blueprint is started; leave out what is not wanted",
    "provider": "every service is a container of the sandbox",
    **dict.fromkeys(["pull_policy", "pull_refresh_after"], _IMAGE),
    "restart": "a service that dies is started again three times, and its reason shown",
    "shm_size": "/dev/shm counts towards `mem_limit`",
    **dict.fromkeys(["stdin_open", "tty"], "nobody sits at a service; use `sandboxctl exec`"),
    "stop_signal": "a service is stopped with SIGTERM, and killed after `stop_grace_period`",
    "tmpfs": "/tmp is always there and empty; name other folders to write to in `writable`",
    "volumes": f"{_FILES}; {_DISK}",
}  # fmt: skip

TOP = {
    "version": "take it out; `blueprint: 1` is the version of the format",
    "networks": _NETWORK,
    "volumes": _DISK,
    "configs": _FILES,
    "include": "a blueprint is one file; copy the services into it",
    "models": SERVICE["models"],
}

HEALTHCHECK = {
    "disable": "leave `healthcheck` out",
    "start_interval": "readiness is asked every 100 ms anyway; take it out",
}

_OWN_SECRETS = "use `generate: <length>` or `ask: <question>`; a secret is in no file"
SECRET = dict.fromkeys(
    ["file", "environment", "external", "name", "content", "driver", "driver_opts", "labels",
     "template_driver"],
    _OWN_SECRETS,
)  # fmt: skip


def way(key: Key) -> str | None:
    """The den's way instead of the key at ``key``; None if Compose does not have it either."""
    match key:
        case ("services", _, str(name)):
            found = SERVICE.get(name)
        case ("services", _, "build", str(name)):
            found = ways.KEYS.get(name)
        case ("services", _, "healthcheck", str(name)):
            found = HEALTHCHECK.get(name)
        case ("secrets", _, str(name)):
            found = SECRET.get(name)
        case (str(name),):
            found = TOP.get(name)
        case _:
            found = None
    if found is None and isinstance(key[-1], str) and key[-1].startswith("x-"):
        return "a blueprint has no extension fields; a service takes over another with `extends`"
    return f"is not a key here: {found}" if found else None
