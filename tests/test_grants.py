"""What can be asked for as an exception, what never is granted, and what nothing uses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandboxctl import codes
from sandboxctl.blueprint import capabilities, checks, egress_hosts, grants, limits, risks
from sandboxctl.blueprint.exceptions import Asked
from sandboxctl.blueprint.load import Facts, load
from sandboxctl.blueprint.model import Blueprint
from sandboxctl.errors import BlueprintError

REASON = "It changes owners of files that it is sent."
HERE = Path(__file__).parent


def asked(grant: str, service: str = "web") -> dict[str, str]:
    return {"service": service, "grant": grant, "reason": REASON}


def blueprint(*exceptions: dict[str, str], **web: Any) -> Blueprint:
    service = {"image": "redis:7", "expose": [6379], **web}
    return Blueprint.model_validate(
        {
            "blueprint": 1,
            "name": "asks",
            "opens": "web",
            "services": {"web": service},
            "exceptions": exceptions,
        }
    )


def found(what: Blueprint) -> list[tuple[str, str]]:
    """Code and key of each problem."""
    return [(p.code, ".".join(map(str, p.key))) for p in grants.problems(what)]


GRANTABLE = [
    ("root", {"user": "0:0"}),
    ("root", {"user": 0}),
    ("writable_root", {}),
    ("run", {}),
    *((f"cap:{name}", {}) for name in capabilities.GRANTABLE),
    ("egress:api.example.org", {}),
    ("egress:api.example.org:80", {}),
    ("egress:xn--bcher-kva.example.org:443", {}),
    ("mem_limit:12g", {"mem_limit": "10g"}),
    ("mem_limit:64g", {"mem_limit": "64g"}),
    ("mem_limit:8193m", {"mem_limit": "8193m"}),
    ("cpus:8.5", {"cpus": 8.5}),
    ("pids_limit:2048", {"pids_limit": 2000}),
]


@pytest.mark.parametrize(("grant", "web"), GRANTABLE, ids=lambda value: str(value))
def test_what_a_facilitator_may_grant_is_taken(grant: str, web: dict[str, Any]) -> None:
    what = blueprint(asked(grant), **web)
    assert found(what) == []
    assert risks.risk(what.exceptions[0]).endswith(".")


NEVER = [
    *("privileged", "Privileged", "privileged:true", "host_network", "network_mode:host"),
    *("pid:host", "ipc:host", "userns:host", "uts:host", "cgroup:host", "namespace:net"),
    *("docker_socket", "docker.sock", "/var/run/docker.sock", "socket:/run/x", "containerd-sock"),
    *("/etc:/etc", "volume:/srv", "bind:/home", "mount:/", "host_path:/root", "../x", "volumes"),
    *("device:/dev/kvm", "devices", "gpu", "seccomp:unconfined", "unconfined", "apparmor=off"),
    *("no_new_privileges:false", "security_opt:label=disable", "selinux", "sysctl:net.x=1"),
    *("secret:TOKEN", "secrets", "host_credentials", "ssh_key", "ssh-agent", "password:x"),
    *("env:AWS_SECRET_ACCESS_KEY", "token:x", "runtime:runc", "ports:80", "unlimited"),
    *("oom_kill_disable", "memswap_limit:-1", "ulimit:nofile"),
    *("cap:ALL", "ALL", "cap_add:SYS_ADMIN", "SYS_ADMIN", "cap:CAP_SYS_ADMIN", "cap:sys_admin"),
    *("cap:SYS_MODULE", "cap:SYS_PTRACE", "cap:SYS_RAWIO", "cap:SYS_TIME", "cap:SYS_ANYTHING"),
    *("cap:NET_ADMIN", "cap:NET_RAW", "cap:NET_BROADCAST", "cap:DAC_READ_SEARCH", "cap:MKNOD"),
    *("cap:BPF", "cap:PERFMON", "cap:CHECKPOINT_RESTORE", "cap:SETPCAP", "cap:SETFCAP"),
    *("cap:MAC_ADMIN", "cap:AUDIT_WRITE", "cap:LINUX_IMMUTABLE", "cap:IPC_LOCK", "cap:SYSLOG"),
    *("cap:LEASE", "cap:BLOCK_SUSPEND", "cap:WAKE_ALARM"),
]


@pytest.mark.parametrize("grant", NEVER)
def test_what_is_never_granted_is_refused_with_its_reason(grant: str) -> None:
    (problem,) = grants.problems(blueprint(asked(grant)))
    assert (problem.code, problem.key) == ("DEN801", ("exceptions", 0, "grant"))
    assert "is never granted: " in problem.why
    assert codes.ALL[problem.code].policy


@pytest.mark.parametrize(
    ("grant", "code", "why"),
    [
        ("cap:chown", "DEN802", "should be written `cap:CHOWN`"),
        ("CAP_CHOWN", "DEN802", "should be written `cap:CHOWN`"),
        ("cap:CHWON", "DEN802", "did you mean `CHOWN`?"),
        ("cap:", "DEN802", "there are CHOWN, SETUID"),
        ("cap:FLY", "DEN802", "there are CHOWN, SETUID"),
        ("Root", "DEN802", "did you mean `root`?"),
        ("run:apt-get", "DEN802", "is nothing that can be asked for"),
        ("root:yes", "DEN802", "is nothing that can be asked for"),
        ("sudo", "DEN802", "there are root, writable_root, run, cap:NAME"),
        ("mem_limit:much", "DEN802", "such as `mem_limit:12g`"),
        ("cpus:nan", "DEN802", "such as `cpus:12`"),
        ("cpus:inf", "DEN802", "such as `cpus:12`"),
        ("cpus:1_0", "DEN802", "such as `cpus:12`"),
        ("pids_limit:-1", "DEN802", "such as `pids_limit:1536`"),
        ("mem_limit:65g", "DEN807", "64g is the most"),
        ("mem_limit:999999999999999g", "DEN807", "64g is the most"),
        ("cpus:65", "DEN807", "64 is the most"),
        ("pids_limit:8193", "DEN807", "8192 is the most"),
        ("mem_limit:1g", "DEN805", "every service may have up to 8g"),
        ("mem_limit:12g", "DEN805", "web has mem_limit 256m, which needs none"),
        ("cpus:12", "DEN805", "web has cpus 0.5, which needs none"),
        ("pids_limit:2048", "DEN805", "web has pids_limit 128, which needs none"),
        ("root", "DEN805", 'give it `user: "0:0"`'),
    ],
)
def test_what_is_no_exception_is_refused(grant: str, code: str, why: str) -> None:
    (problem,) = grants.problems(blueprint(asked(grant)))
    assert (problem.code, problem.key) == (code, ("exceptions", 0, "grant"))
    assert why in problem.why


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("*.example.org", "wildcard"),
        ("*", "wildcard"),
        ("127.0.0.1", "address"),
        ("10.0.0.1:443", "address"),
        ("169.254.169.254:80", "address"),
        ("2130706433", "address"),
        ("0x7f.0.0.1", "address"),
        ("[::1]:443", "address"),
        ("fe80::1:443", "address"),
        ("localhost", "machine or a building"),
        ("a.localhost", "machine or a building"),
        ("printer.local", "machine or a building"),
        ("host.docker.internal", "machine or a building"),
        ("metadata.google.internal", "machine or a building"),
        ("1.0.0.127.in-addr.arpa", "machine or a building"),
        ("files.corp", "machine or a building"),
        ("kubernetes.default.svc", "machine or a building"),
        ("db", "single word"),
        ("metadata.azure.com", "keeps the credentials"),
        ("x.metadata.goog", "keeps the credentials"),
        ("10.0.0.1.nip.io", "lead to any address"),
        ("localtest.me", "lead to any address"),
        ("api.example.org:22", "port 22"),
        ("api.example.org:0443", "port 0443"),
        ("api.example.org:", "port "),
        ("", "address"),
        ("API.example.org", "exact DNS name"),
        ("api..example.org", "exact DNS name"),
        ("-a.example.org", "exact DNS name"),
        ("api.example.org.", "address"),
        ("a_b.example.org", "exact DNS name"),
        ("api.example.org/path", "exact DNS name"),
        ("user@example.org", "exact DNS name"),
        (f"{'a' * 64}.example.org", "exact DNS name"),
        (f"{'a.' * 130}example.org", "exact DNS name"),
        ("exämple.org", "exact DNS name"),
    ],
)
def test_only_exact_public_names_are_let_out_to(host: str, why: str) -> None:
    assert why in egress_hosts.refused(host)
    assert found(blueprint(asked(f"egress:{host}"))) == [("DEN806", "exceptions.0.grant")]


def test_a_service_that_is_not_there_gets_nothing() -> None:
    (problem,) = grants.problems(blueprint(asked("run", "wbe")))
    assert (problem.code, problem.key) == ("DEN803", ("exceptions", 0, "service"))
    assert "did you mean `web`?" in problem.why
    (problem,) = grants.problems(blueprint(asked("run", "elsewhere")))
    assert "; there are web" in problem.why


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("cap:CHOWN", "cap:CHOWN"),
        ("egress:api.example.org", "egress:api.example.org:443"),
        ("mem_limit:12g", "mem_limit:14g"),
    ],
)
def test_the_same_exception_twice_is_refused(first: str, second: str) -> None:
    what = blueprint(asked(first), asked(second), mem_limit="10g")
    assert ("DEN804", "exceptions.1.grant") in found(what)


@pytest.mark.parametrize("keeps", [{"writable": ["/data"]}, {"prepare": [["true"]]}])
def test_a_writable_root_is_nothing_new_to_what_keeps_data(keeps: dict[str, Any]) -> None:
    assert found(blueprint(asked("writable_root"), **keeps)) == [("DEN805", "exceptions.0.grant")]


@pytest.mark.parametrize(
    ("key", "value", "ask", "code"),
    [
        ("user", "0:0", 'grant: "root"', "DEN304"),
        ("user", 0, 'grant: "root"', "DEN304"),
        ("mem_limit", "12g", 'grant: "mem_limit:12g"', "DEN320"),
        ("mem_limit", "8193m", 'grant: "mem_limit:8193m"', "DEN320"),
        ("cpus", 9.5, 'grant: "cpus:9.5"', "DEN321"),
        ("pids_limit", 1025, 'grant: "pids_limit:1025"', "DEN322"),
    ],
)
def test_what_needs_an_exception_names_the_one_to_ask_for(
    key: str, value: object, ask: str, code: str
) -> None:
    (problem,) = grants.problems(blueprint(**{key: value}))
    assert (problem.code, problem.key) == (code, ("services", "web", key))
    assert ask in problem.why


def test_a_limit_beyond_what_was_asked_for_needs_more() -> None:
    what = blueprint(asked("mem_limit:9g"), mem_limit="10g")
    assert found(what) == [("DEN320", "services.web.mem_limit")]


def test_no_number_is_no_amount() -> None:
    assert grants.amount(Asked(**asked("root"))) is None
    assert grants.amount(Asked(**asked("mem_limit:9g"))) == 9 * 1024**3
    assert limits.MEMORY.shown(9 * 1024**3) == "9g"
    assert limits.MEMORY.shown(1.5 * 1024**3) == "1536m"


@pytest.mark.parametrize(("given", "same"), [("0:0", True), ("10:10", False), (None, False)])
def test_root_is_known_by_its_number(given: str | None, same: bool) -> None:
    assert grants.is_root(given) is same


TEXT = """\
blueprint: 1
name: asks
opens: web
services:
  web: {image: "redis:7", expose: [6379]}
exceptions:
  - service: web
    grant: privileged
    reason: We would like to have everything.
"""
FACTS = Facts("den.localhost", "http", 8080, "demo", "http://demo.den.localhost:8080/")


def test_a_refusal_has_its_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "blueprint.yaml"
    file.write_text(TEXT)
    with pytest.raises(BlueprintError, match=r"yaml:8: exceptions\.0\.grant: 'privileged' is ne"):
        load(file, facts=FACTS)


def test_an_exception_for_a_service_that_could_not_be_read_is_not_blamed(tmp_path: Path) -> None:
    file = tmp_path / "blueprint.yaml"
    file.write_text(TEXT.replace("grant: privileged", "grant: run").replace("  web:", "  w b:"))
    with pytest.raises(BlueprintError) as caught:
        load(file, facts=FACTS)
    assert "exceptions" in str(caught.value)
    file.write_text(TEXT.replace("grant: privileged", "grant: run").replace("[6379]", "[x]"))
    with pytest.raises(BlueprintError) as caught:
        load(file, facts=FACTS)
    assert "exceptions" not in str(caught.value)


def test_exceptions_are_checked_with_the_rest() -> None:
    assert [p.code for p in checks.problems(blueprint(asked("gpu")), HERE)] == ["DEN801"]


NAMED = TEXT.replace("privileged", "run").replace(
    "expose: [6379]", 'expose: [6379], environment: {URL: "{{ sandbox.url }}"}'
)


def test_what_is_approved_is_the_blueprint_for_no_sandbox_in_particular(tmp_path: Path) -> None:
    file = tmp_path / "blueprint.yaml"
    file.write_text(NAMED)
    loaded = load(file, facts=FACTS)
    assert loaded.blueprint.services["web"].environment == {"URL": FACTS.url}
    everybody = {"URL": "http://any-sandbox.den.localhost:8080/"}
    assert loaded.anywhere.services["web"].environment == everybody
    assert load(file, facts=FACTS.anywhere).anywhere == loaded.anywhere
