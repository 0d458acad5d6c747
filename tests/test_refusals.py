"""Every refusal of a blueprint ends in a code that tells what it is about, and no other.

A corpus of bad blueprints: each is refused with the code that stands beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sandboxctl import codes
from sandboxctl.blueprint.load import Facts, find, load
from sandboxctl.blueprint.problem import Problem, failure
from sandboxctl.codes import data, mounts, packages, parts, ports, privilege, secret, values
from sandboxctl.errors import BlueprintError, PolicyError, Refusal
from tests.refused import found, lines

FACTS = Facts("den.localhost", "http", 8080, "demo", "http://demo.den.localhost:8080")
TABLE = {"rows": 2, "columns": {"n": {"kind": "sequence"}}}

SERVICE: list[tuple[str, Any, str]] = [
    # rights on the host
    ("privileged", True, "DEN301"),
    ("privileged", "true", "DEN301"),
    ("cap_add", ["SYS_ADMIN"], "DEN302"),
    ("cap_add", ["ALL"], "DEN302"),
    ("security_opt", ["seccomp=unconfined"], "DEN303"),
    ("security_opt", ["apparmor:unconfined"], "DEN303"),
    ("security_opt", ["no-new-privileges:false"], "DEN303"),
    ("user", 0, "DEN304"),
    ("user", "0:0", "DEN304"),
    ("user", "root", "DEN304"),
    ("user", "10001:0", "DEN304"),
    ("user", "+0", "DEN304"),
    ("user", "0x0", "DEN304"),
    ("user", "4294967296", "DEN304"),
    ("userns_mode", "host", "DEN305"),
    ("pid", "host", "DEN306"),
    ("pid", "service:db", "DEN306"),
    ("ipc", "host", "DEN306"),
    ("ipc", "shareable", "DEN306"),
    ("uts", "host", "DEN306"),
    ("cgroup", "host", "DEN306"),
    ("devices", ["/dev/kmsg:/dev/kmsg"], "DEN307"),
    ("devices", ["/dev/mem"], "DEN307"),
    ("device_cgroup_rules", ["a *:* rwm"], "DEN307"),
    ("gpus", "all", "DEN307"),
    ("sysctls", {"kernel.core_pattern": "|/x"}, "DEN308"),
    ("runtime", "nvidia", "DEN309"),
    ("runtime", "io.containerd.kata.v2", "DEN309"),
    ("runtime", "runc", "DEN309"),
    ("isolation", "hyperv", "DEN309"),
    ("credential_spec", {"file": "x"}, "DEN309"),
    ("group_add", ["999"], "DEN310"),
    ("cgroup_parent", "/", "DEN311"),
    ("use_api_socket", True, "DEN312"),
    ("volumes", ["/var/run/docker.sock:/var/run/docker.sock"], "DEN312"),
    ("volumes", [{"type": "bind", "source": "/run/podman/podman.sock"}], "DEN312"),
    ("files", {"/var/run/docker.sock": "./site"}, "DEN312"),
    ("files", {"/x": "/var/run/docker.sock"}, "DEN312"),
    ("files", {"/var/run/docker.sock:/x": "./site"}, "DEN312"),
    ("writable", ["/var/run/docker.sock"], "DEN312"),
    ("command", "serve -H unix:///var/run/docker.sock", "DEN312"),
    ("entrypoint", ["/run/containerd/containerd.sock"], "DEN312"),
    ("prepare", [["curl", "--unix-socket", "/run/docker.sock", "http:/v1/info"]], "DEN312"),
    ("environment", {"DOCKER_HOST": "unix:///VAR/RUN/DOCKER.SOCK"}, "DEN312"),
    ("healthcheck", {"test": "test -S /run/docker.sock"}, "DEN312"),
    ("oom_kill_disable", True, "DEN313"),
    ("oom_score_adj", -1000, "DEN313"),
    ("read_only", False, "DEN314"),
    ("read_only", "no", "DEN314"),
    # limits
    ("mem_limit", "100g", "DEN320"),
    ("mem_limit", 0, "DEN320"),
    ("mem_limit", -1, "DEN320"),
    ("mem_limit", 2**62, "DEN320"),
    ("cpus", 64, "DEN321"),
    ("cpus", 0, "DEN321"),
    ("pids_limit", 99_999, "DEN322"),
    ("pids_limit", -1, "DEN322"),
    ("memswap_limit", -1, "DEN323"),
    ("shm_size", "8g", "DEN323"),
    ("deploy", {"resources": {"limits": {"memory": "64g"}}}, "DEN323"),
    ("cpu_rt_runtime", 950_000, "DEN324"),
    ("cpu_shares", 262_144, "DEN324"),
    ("blkio_config", {"weight": 1000}, "DEN325"),
    ("storage_opt", {"size": "99g"}, "DEN325"),
    ("public", "no", "DEN205"),
    ("spa", 1, "DEN205"),
    ("ulimits", {"nofile": 1_000_000}, "DEN326"),
    ("labels", {"io.sandboxctl.den": "other"}, "DEN330"),
    ("annotations", {"a": "b"}, "DEN330"),
    ("container_name", "den-gateway", "DEN331"),
    # files and volumes
    ("volumes", ["/:/host"], "DEN450"),
    ("volumes", ["/etc/passwd:/x:ro"], "DEN450"),
    ("volumes", ["../../etc:/x"], "DEN450"),
    ("volumes", ["~/.ssh:/x"], "DEN450"),
    ("volumes", [{"type": "bind", "source": "/", "target": "/host"}], "DEN450"),
    ("writable", ["/etc:/etc"], "DEN450"),
    ("volumes", ["data:/data"], "DEN451"),
    ("volumes", "data:/data", "DEN451"),
    ("volumes", [{"type": "volume", "volume": {"nocopy": True}}], "DEN451"),
    ("volumes", [{"type": "volume", "driver_opts": {"device": "/"}}], "DEN452"),
    ("volumes_from", ["db"], "DEN453"),
    ("tmpfs", ["/run:size=100g"], "DEN454"),
    ("configs", ["x"], "DEN455"),
    ("env_file", ["/root/.env"], "DEN456"),
    ("writable", ["/proc/sys"], "DEN460"),
    ("files", {"/sys/kernel/x": "./site"}, "DEN460"),
    ("working_dir", "/dev/shm", "DEN460"),
    ("writable", ["/srv/../etc"], "DEN461"),
    # networks
    ("ports", ["80:80"], "DEN740"),
    ("ports", [{"target": 80, "published": 22, "mode": "host"}], "DEN740"),
    ("network_mode", "host", "DEN741"),
    ("network_mode", "container:gateway", "DEN741"),
    ("networks", ["default"], "DEN742"),
    ("links", ["db"], "DEN742"),
    ("external_links", ["other"], "DEN742"),
    ("dns", ["8.8.8.8"], "DEN743"),
    ("dns_search", ["example.org"], "DEN743"),
    ("extra_hosts", ["host.docker.internal:host-gateway"], "DEN744"),
    ("mac_address", "02:42:ac:11:00:02", "DEN745"),
    ("hostname", "gateway", "DEN745"),
    ("logging", {"driver": "syslog"}, "DEN746"),
    ("provider", {"type": "x"}, "DEN747"),
    ("models", ["x"], "DEN747"),
    # images
    ("image", "sandboxctl/files:abc", "DEN580"),
    ("image", "docker.io/sandboxctl/base", "DEN580"),
    ("image", "sha256:" + "a" * 64, "DEN580"),
    ("image", "0123456789ab", "DEN580"),
    ("image", "Redis", "DEN582"),
    ("image", "--privileged", "DEN582"),
    ("image", "a b", "DEN582"),
    ("pull_policy", "always", "DEN581"),
    ("platform", "linux/arm64", "DEN581"),
    ("build", {"context": "./site", "privileged": True}, "DEN301"),
    ("build", {"context": "./site", "entitlements": ["security.insecure"]}, "DEN303"),
    ("build", {"context": "./site", "network": "host"}, "DEN741"),
    ("build", {"context": "./site", "ssh": ["default"]}, "DEN890"),
    ("build", {"context": "./site", "secrets": ["key"]}, "DEN890"),
    ("build", {"context": "./site", "additional_contexts": {"x": "/"}}, "DEN450"),
    ("build", {"context": "./site", "cache_from": ["x"]}, "DEN590"),
    # keys of Compose that are no risk
    ("privileged", False, "DEN220"),
    ("cap_drop", ["ALL"], "DEN220"),
    ("read_only", True, "DEN220"),
    ("volumes", [], "DEN220"),
    ("restart", "always", "DEN221"),
    ("tty", True, "DEN221"),
    ("healthcheck", {"tcp": 80, "disable": True}, "DEN221"),
    ("post_start", [{"command": "x", "privileged": True}], "DEN222"),
    ("scale", 9, "DEN223"),
    ("deploy", {"replicas": 9}, "DEN223"),
    # keys and values
    ("priviledged", True, "DEN202"),
    ("x-y", 1, "DEN203"),
    ("expose", True, "DEN205"),
    ("expose", [True], "DEN205"),
    ("command", {"a": 1}, "DEN205"),
    ("mem_limit", "much", "DEN206"),
    ("stop_grace_period", "soon", "DEN206"),
    ("writable", ["data"], "DEN206"),
    ("depends_on", ["Web 2"], "DEN207"),
    ("environment", {"A=B": "c"}, "DEN207"),
    ("environment", {"LD PRELOAD": "c"}, "DEN207"),
    ("runtime", "cobol", "DEN208"),
    ("expose", [70_000], "DEN209"),
    ("mem_limit", "1m", "DEN209"),
    ("expose", [1] * 21, "DEN210"),
    ("source", "x" * 401, "DEN210"),
    ("environment", ["HOME"], "DEN231"),
    ("command", "sh -c 'oops", "DEN230"),
    ("depends_on", {"db": {"condition": "service_completed_successfully"}}, "DEN232"),
    # how parts fit together
    ("image", None, "DEN250"),
    ("source", "./site", "DEN250"),
    ("spa", True, "DEN251"),
    ("with", {"a": 1}, "DEN251"),
    ("healthcheck", {"tcp": 80, "port": 80}, "DEN251"),
    ("prepare", [[]], "DEN252"),
    ("healthcheck", {}, "DEN254"),
    ("healthcheck", {"test": ["NONE"]}, "DEN254"),
    ("healthcheck", {"http": "/", "port": 81}, "DEN254"),
    ("depends_on", ["dbb"], "DEN255"),
    ("depends_on", ["web"], "DEN256"),
    ("extends", "web", "DEN257"),
    ("extends", {"file": "/etc/passwd", "service": "x"}, "DEN257"),
    ("expose", [], "DEN259"),
    ("secrets", ["TOKEN"], "DEN262"),
    ("fill", ["people"], "DEN263"),
]
"""A key of a service, what it is set to, and the code."""

TOP: list[tuple[Mapping[str, Any], str]] = [
    ({"name": None}, "DEN205"),
    ({"services": {}}, "DEN211"),
    ({"services": {"localhost": {"image": "a"}}}, "DEN233"),
    ({"services": {"gateway": {"image": "a"}}}, "DEN233"),
    ({"services": {"Web_1": {"image": "a"}}}, "DEN207"),
    ({"services": {"db": {"template": "postgress"}}}, "DEN260"),
    ({"services": {"db": {"template": "postgres", "with": {"user": "a; drop"}}}}, "DEN261"),
    ({"services": {"db": {"template": "postgres", "with": {"usr": "a"}}}}, "DEN261"),
    ({"services": {"web": {"source": "./site", "runtime": "python"}}}, "DEN252"),
    (
        {"services": {"web": {"source": "./site", "runtime": "python", "command": "python x.py"}}},
        "DEN253",
    ),
    ({"opens": {"/api": "web"}}, "DEN259"),
    ({"opens": "wbe"}, "DEN255"),
    ({"opens": {"api": "web"}}, "DEN206"),
    ({"blueprint": 2}, "DEN208"),
    ({"data": {"tables": {"t": {"rows": 1}}}}, "DEN201"),
    ({"lifetime": "1000d"}, "DEN209"),
    ({"networks": {"x": {"external": True}}}, "DEN742"),
    ({"volumes": {"x": {}}}, "DEN451"),
    ({"volumes": {"x": {"driver_opts": {"type": "nfs", "o": "addr=10.0.0.1"}}}}, "DEN452"),
    ({"volumes": {"x": {"driver": "local"}}}, "DEN452"),
    ({"include": ["https://example.org/compose.yaml"]}, "DEN457"),
    ({"configs": {"x": {"file": "/etc/shadow"}}}, "DEN455"),
    ({"models": {}}, "DEN747"),
    ({"version": "3.8"}, "DEN220"),
    ({"x-common": {}}, "DEN203"),
    ({"secrets": {"TOKEN": {"file": "/root/.ssh/id_rsa"}}}, "DEN890"),
    ({"secrets": {"TOKEN": {"environment": "AWS_SECRET_ACCESS_KEY"}}}, "DEN890"),
    ({"secrets": {"TOKEN": {"external": True}}}, "DEN890"),
    ({"secrets": {"TOKEN": {}}}, "DEN891"),
    ({"secrets": {"TOKEN": {"generate": 32, "ask": "What?"}}}, "DEN891"),
    ({"parameters": {"den": {"type": "integer", "default": 1}}}, "DEN233"),
    ({"parameters": {"n": {"type": "integer", "default": "x"}}}, "DEN642"),
    ({"parameters": {"n": {"type": "text", "default": "x", "minimum": 1}}}, "DEN642"),
    ({"data": {"seed": True, "tables": {"t": TABLE}}}, "DEN650"),
    ({"data": {"use": "claims"}}, "DEN205"),
    ({"data": {"use": {"claims": {}}}}, "DEN645"),
    ({"data": {"use": {"benefits-claims": {"clams": 1}}}}, "DEN645"),
    ({"data": {"use": {"benefits-claims": {"claims": "many"}}}}, "DEN645"),
]
"""Keys of the whole file."""

COLUMNS: list[tuple[Mapping[str, Any], str]] = [
    ({"columns": {"n": {"kind": "integer", "between": [5, 1]}}}, "DEN651"),
    ({"columns": {"n": {"kind": "reference", "to": "nobody.n"}}}, "DEN651"),
    ({"columns": {"n": {"kind": "person"}}}, "DEN652"),
    ({"columns": {"n": {}}}, "DEN652"),
    ({"rows": 9, "columns": {"n": {"kind": "integer", "between": [1, 2], "unique": True}}},
     "DEN653"),
    ({"columns": {"a": {"kind": "expression", "of": "b"}, "b": {"kind": "expression", "of": "a"}}},
     "DEN654"),
    ({"rules": ["n > nobody"]}, "DEN655"),
    ({"rules": ["n < 0"]}, "DEN655"),
    ({"correlations": [{"of": ["n", "m"], "matrix": [[1, 0.5], [0.5, 1]]}]}, "DEN656"),
    ({"dirt": {"typos": {"columns": ["n"], "rate": 0.1}}}, "DEN657"),
    ({"rows": {"per": "nobody"}}, "DEN658"),
    ({"edge_cases": {"rare": 0.1}}, "DEN659"),
    ({"key": ["m"]}, "DEN659"),
    ({"columns": {"phone": {"kind": "choice", "of": ["07911 123456", "07911 123457"]}}}, "DEN670"),
    ({"columns": {"nino": {"kind": "pattern", "pattern": "AB######C"}}, "rows": 9}, "DEN670"),
]  # fmt: skip
"""Keys of a table."""


def refused(folder: Path, content: Mapping[str, Any], **given: str) -> BlueprintError:
    """JSON is YAML, so nothing here is about how a file is written."""
    (folder / "site").mkdir(exist_ok=True)
    file = folder / "blueprint.yaml"
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(BlueprintError) as caught:
        load(file, values=given, facts=FACTS)
    assert lines(caught.value)
    return caught.value


def whole(**more: Any) -> dict[str, Any]:
    services = {"web": {"image": "a", "expose": [80]}, **more.pop("services", {})}
    return {"blueprint": 1, "name": "x", "opens": "web", "services": services, **more}


def judged(error: BlueprintError) -> None:
    """The exit code is that of the gravest refusal, and the error's own code is its."""
    policy = [code for code in found(error) if codes.ALL[code].policy]
    assert isinstance(error, PolicyError) == bool(policy)
    assert error.exit_code == (3 if policy else 2)
    assert error.code == (policy or found(error))[0]


@pytest.mark.parametrize(("key", "value", "code"), SERVICE)
def test_a_key_of_a_service(key: str, value: Any, code: str, tmp_path: Path) -> None:
    service = {"image": "a", "expose": [80], key: value}
    error = refused(tmp_path, whole(services={"web": service, "db": {"image": "a"}}))
    assert code in found(error)
    assert "DEN200" not in found(error)
    judged(error)


@pytest.mark.parametrize(("content", "code"), TOP)
def test_a_key_of_the_file(content: Mapping[str, Any], code: str, tmp_path: Path) -> None:
    told = whole(**content) if content.get("services") else {**whole(), **content}
    error = refused(tmp_path, told)
    assert code in found(error)
    judged(error)


@pytest.mark.parametrize(("table", "code"), COLUMNS)
def test_a_key_of_a_table(table: Mapping[str, Any], code: str, tmp_path: Path) -> None:
    error = refused(tmp_path, whole(data={"tables": {"t": {**TABLE, **table}}}))
    assert found(error)[0] == code
    judged(error)


def test_what_stands_in_no_blueprint(tmp_path: Path) -> None:
    number = {"n": {"type": "integer", "default": 1, "maximum": 5}}
    assert found(refused(tmp_path, whole(parameters=number), m="1")) == ["DEN640"]
    assert found(refused(tmp_path, whole(parameters=number), n="9")) == ["DEN641"]
    for wrong in (tmp_path / "none", tmp_path / "site"):
        with pytest.raises(BlueprintError) as caught:
            find(str(wrong))
        assert found(caught.value) == ["DEN472"]


def test_files_beside_a_blueprint(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "x").mkdir(parents=True)
    (site / "requirements.txt").write_text("--index-url http://evil\n")
    (site / "package.json").write_text('{"dependencies": {"a": "1"}}')
    (site / "people.csv").write_text("nhs_number\n9434765919\n9434765870\n")
    (site / "broken.parquet").write_text("no Parquet")
    services = {
        "python": {"source": "./site", "runtime": "python", "command": "python -m x"},
        "node": {"source": "./site/", "runtime": "node", "command": "node -e 1"},
        "static": {"source": "./site/x", "runtime": "static"},
    }
    error = refused(tmp_path, whole(services=services))
    assert {*found(error)} == {"DEN470", "DEN471", "DEN584", "DEN585", "DEN586"}
    assert error.code == "DEN470"
    assert error.exit_code == 3


def test_a_key_that_is_a_number(tmp_path: Path) -> None:
    file = tmp_path / "blueprint.yaml"
    file.write_text(
        "blueprint: 1\nname: x\nopens: w\nservices: {w: {image: a, expose: [80], 5: 1}}"
    )
    with pytest.raises(BlueprintError) as caught:
        load(file, facts=FACTS)
    assert found(caught.value) == ["DEN204"]


@pytest.mark.parametrize("more", [{"[key]": 1}, {"services": {"[key]": {}}}])
def test_a_key_that_is_called_as_pydantic_calls_keys(tmp_path: Path, more: dict[str, Any]) -> None:
    error = refused(tmp_path, whole(**more))
    assert "[key]" in str(error)
    assert set(found(error)) <= {"DEN202", "DEN207", "DEN250"}


def test_what_grows_beyond_what_a_blueprint_holds(tmp_path: Path) -> None:
    large = {"image": "a", "environment": {f"V{n}": "" for n in range(3_000)}}
    more = {f"s{n}": {"extends": "large"} for n in range(25)}
    error = refused(tmp_path, whole(services={"large": large, **more}))
    assert "DEN258" in found(error)


def test_more_than_anybody_reads_is_counted(tmp_path: Path) -> None:
    error = refused(tmp_path, whole(**{f"k{n}": 1 for n in range(150)}))
    assert str(error).endswith("and 100 more problems [DEN299]")


ELSEWHERE = {
    "DEN200": "what brings no code along",
    "DEN234": "tests/test_up.py",
    "DEN240": "tests/test_cli_settings.py",
    "DEN300": "what has no better one",
    "DEN583": "tests/test_builds.py",
    "DEN473": "tests/console/test_desk.py",
    "DEN587": "tests/test_wheels.py",
    "DEN892": "tests/test_up.py",
    "DEN893": "tests/test_up.py",
}


def test_every_code_is_met() -> None:
    here = {code for *_, code in [*SERVICE, *TOP, *COLUMNS]}
    alone = {"DEN640", "DEN641", "DEN472", "DEN470", "DEN471", "DEN584", "DEN585", "DEN586"}
    chapters = (values, parts, privilege, mounts, packages, ports, data, secret)
    known = {code.code for chapter in chapters for code in chapter.CODES}
    assert known - here - alone - {"DEN204", "DEN258", "DEN299"} == ELSEWHERE.keys()


def test_a_failure_keeps_no_more_than_a_thousand_refusals() -> None:
    error = failure("b.yaml", [Problem((n,), "no", n, code="DEN202") for n in range(1, 1_501)])
    assert len(error.refusals) == 1_001
    assert str(error.refusals[-1]) == "b.yaml: and 500 more problems [DEN299]"
    assert str(error).splitlines()[-1] == "b.yaml: and 1,450 more problems [DEN299]"


def test_a_problem_that_is_said_twice_is_one() -> None:
    once = Problem(("a",), "no", 3, code="DEN202", column=5)
    error = failure("b.yaml", [once, once])
    assert error.refusals == (Refusal("no", "DEN202", "b.yaml", 3, 5, "a"),)
    assert error.told == str(error) == "b.yaml:3: a: no [DEN202]"


def test_what_somebody_wrote_is_quoted_in_moderation(tmp_path: Path) -> None:
    error = refused(tmp_path, whole(services={"w": {"template": "p" * 100_000, "expose": [80]}}))
    assert len(str(error)) < 5_000
