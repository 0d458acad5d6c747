"""Rights on the host: every key of Compose or Docker that would give some, in its variants."""

from __future__ import annotations

from tests.hostile.case import Case, web


def _key(name: str, line: str, code: str, key: str = "") -> Case:
    return Case(name, web(line), code, f"services.web.{key or line.partition(':')[0]}", 8)


def _top(name: str, line: str, code: str) -> Case:
    return Case(name, web(more=f"{line}\n"), code, line.partition(":")[0], 8)


CASES = (
    _key("privileged", "privileged: true", "DEN301"),
    _key("privileged-as-text", 'privileged: "true"', "DEN301"),
    _key("privileged-false", "privileged: false", "DEN220"),
    _key("privileged-in-capitals", "PRIVILEGED: true", "DEN202"),
    _key("privileged-as-docker-says", "Privileged: true", "DEN202"),
    _key("capabilities", "cap_add: [SYS_ADMIN]", "DEN302"),
    _key("all-capabilities", "cap_add: [ALL]", "DEN302"),
    _key("capabilities-as-docker-says", "CapAdd: [ALL]", "DEN202"),
    _key("host-network", "network_mode: host", "DEN741"),
    _key("network-of-another-container", "network_mode: container:gateway", "DEN741"),
    _key("networks", "networks: [host]", "DEN742"),
    _key("host-pid", "pid: host", "DEN306"),
    _key("host-ipc", "ipc: host", "DEN306"),
    _key("shareable-ipc", "ipc: shareable", "DEN306"),
    _key("host-uts", "uts: host", "DEN306"),
    _key("host-users", "userns_mode: host", "DEN305"),
    _key("host-cgroup", "cgroup: host", "DEN306"),
    _key("cgroup-parent", "cgroup_parent: /", "DEN311"),
    _key("device", "devices: ['/dev/sda:/dev/sda']", "DEN307"),
    _key("device-rules", "device_cgroup_rules: ['a *:* rwm']", "DEN307"),
    _key("gpus", "gpus: all", "DEN307"),
    _key("no-seccomp", "security_opt: [seccomp:unconfined]", "DEN303"),
    _key("no-apparmor", "security_opt: ['apparmor=unconfined']", "DEN303"),
    _key("new-privileges", "security_opt: ['no-new-privileges:false']", "DEN303"),
    _key("sysctls", "sysctls: {kernel.core_pattern: '|/bin/sh'}", "DEN308"),
    _key("no-oom-kill", "oom_kill_disable: true", "DEN313"),
    _key("oom-score", "oom_score_adj: -1000", "DEN313"),
    _key("groups", "group_add: [docker]", "DEN310"),
    _key("runtime-of-the-engine", "runtime: runc", "DEN309"),
    _key("isolation", "isolation: process", "DEN309"),
    _key("credentials", "credential_spec: {file: x.json}", "DEN309"),
    _key("socket-of-the-engine", "use_api_socket: true", "DEN312"),
    _key("ulimits", "ulimits: {nofile: -1}", "DEN326"),
    _key("no-swap-limit", "memswap_limit: -1", "DEN323"),
    _key("shared-memory", "shm_size: 64g", "DEN323"),
    _key("processors", "cpuset: 0-63", "DEN324"),
    _key("storage", "storage_opt: {size: 99g}", "DEN325", "storage_opt.size"),
    _key("deploy", "deploy: {resources: {limits: {memory: 1t}}}", "DEN323"),
    _key("replicas", "scale: 1000", "DEN223"),
    _key("restart", "restart: always", "DEN221"),
    _key("labels", "labels: {io.sandboxctl.sandbox: victim}", "DEN330"),
    _key("annotations", "annotations: {io.katacontainers.x: y}", "DEN330"),
    _key("name-of-a-container", "container_name: gateway", "DEN331"),
    _key("hostname", "hostname: gateway", "DEN745"),
    _key("hosts", "extra_hosts: ['metadata:169.254.169.254']", "DEN744"),
    _key("links", "external_links: [victim]", "DEN742"),
    _key("resolver", "dns: [8.8.8.8]", "DEN743"),
    _key("published-port", "ports: ['80:80']", "DEN740"),
    _key("published-on-all", "ports: ['0.0.0.0:22:22']", "DEN740"),
    _key("address", "mac_address: 02:42:ac:11:00:02", "DEN745"),
    _key("provider", "provider: {type: /bin/sh}", "DEN747"),
    _key("hook-as-root", "post_start: [{command: id, user: root, privileged: true}]", "DEN222"),
    _key(
        "logging",
        "logging: {driver: syslog, options: {syslog-address: 'udp://10.0.0.1'}}",
        "DEN746",
    ),
    _key("root", 'user: "0"', "DEN304"),
    _key("root-by-name", "user: root", "DEN304"),
    _key("root-group", 'user: "1000:0"', "DEN304"),
    _key("root-in-disguise", 'user: "00"', "DEN304"),
    _key("root-below-zero", 'user: "-1"', "DEN304"),
    _key("memory", "mem_limit: 1t", "DEN206"),
    _key("memory-without-end", "mem_limit: 0", "DEN320"),
    _key("processors-without-end", "cpus: 100", "DEN321"),
    _key("processes-without-end", "pids_limit: 1000000", "DEN322"),
    _key("a-day-to-stop", "stop_grace_period: 24h", "DEN209"),
    _top("networks-of-the-host", "networks: {default: {external: true, name: host}}", "DEN742"),
    _top("include-of-compose", "include: [https://example.org/compose.yaml]", "DEN457"),
    _top("a-life-without-end", "lifetime: 100000h", "DEN209"),
)
