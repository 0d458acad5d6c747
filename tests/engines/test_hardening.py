"""What confines a service: read from the engine, and tried from inside (security.md 3.1)."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import docker
import pytest

from sandboxctl.engine.containers import Containers
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import labels, names
from sandboxctl.sandbox.operations import Place
from tests import dens, pipeline, prototypes
from tests.engines import liar

pytestmark = pytest.mark.engine

SANDBOX, OTHER = "confined", "confined-too"
FORGED = {labels.INSTALL: "forged", labels.SANDBOX: "another", "org.sandboxctl.future": "1"}
MEBIBYTE = 1024**2

Inspected = Mapping[str, Any]


@pytest.fixture(scope="module")
def forged(docker_engine: DockerEngine, api: docker.APIClient) -> Iterator[str]:
    """An image as a supplier might send it: with labels like ours, VOLUMEs, root and a check."""
    docker_engine.enter(lambda _: None)
    base = next(tag for tag in docker_engine.images.tags() if tag.startswith("sandboxctl/gateway:"))
    made = api.create_container(base, entrypoint=["true"])["Id"]
    changes = [f"LABEL {name}={value}" for name, value in FORGED.items()]
    changes += ["VOLUME /var/lib/kept", "VOLUME /srv/kept", "USER root", "HEALTHCHECK CMD true"]
    tag = f"{docker_engine.den.name}/forged"
    api.commit(made, tag, tag="1", changes=changes)
    api.remove_container(made, v=True)
    yield f"{tag}:1"
    api.remove_image(f"{tag}:1", force=True)


@pytest.fixture(scope="module", autouse=True)
def _sandboxes(
    docker_engine: DockerEngine, forged: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """`web` keeps nothing, `book` keeps data, `sent` comes from an image; and another sandbox."""
    document = prototypes.notebook()
    document["services"]["sent"] = {
        "image": forged,
        "entrypoint": [],
        "command": ["python3", "-m", "http.server", "8000", "--directory", "/etc/apt"],
        "expose": [8000],
        "mem_limit": "64m",
        "pids_limit": 32,
        "cpus": 0.25,
    }
    folder = prototypes.written(tmp_path_factory.mktemp("confined"), document)
    other = prototypes.written(tmp_path_factory.mktemp("other"), prototypes.page())
    pipeline.up(docker_engine, folder, SANDBOX)
    pipeline.up(docker_engine, other, OTHER)
    yield
    pipeline.down(docker_engine, SANDBOX)
    pipeline.down(docker_engine, OTHER)


@pytest.fixture(params=["web", "book", "sent"])
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def seen(docker_engine: DockerEngine, api: docker.APIClient, service: str) -> Inspected:
    return inspected(docker_engine, api, service)


def inspected(engine: DockerEngine, api: docker.APIClient, service: str) -> Inspected:
    found: Inspected = api.inspect_container(names.container(engine.den.name, SANDBOX, 1, service))
    return found


def python(engine: DockerEngine, service: str, program: str) -> str:
    answer = engine.run(SANDBOX, service, ["python3", "-c", program])
    assert answer.status == 0, answer.output.decode()
    return answer.output.decode()


def test_the_engine_holds_every_limit(seen: Inspected, service: str) -> None:
    host = seen["HostConfig"]
    expected = {
        "CapDrop": ["ALL"],
        "Privileged": False,
        "PublishAllPorts": False,
        "PidsLimit": 32 if service == "sent" else 128,
        "Memory": 64 * MEBIBYTE,
        "MemorySwap": 64 * MEBIBYTE,
        "NanoCpus": 250_000_000 if service == "sent" else 500_000_000,
        "CpuShares": 512,
        "OomScoreAdj": 500,
        "ReadonlyRootfs": service != "book",
        "ShmSize": 64 * MEBIBYTE,
        "Dns": ["127.0.0.1"],
        "IpcMode": "private",
        "CgroupnsMode": "private",
        "Init": True,
        "AutoRemove": False,
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
        "LogConfig": {
            "Type": "json-file",
            "Config": {
                "max-size": "10m",
                "max-file": "3",
                "mode": "non-blocking",
                "max-buffer-size": "1m",
            },
        },
        "Sysctls": {
            "net.ipv6.conf.all.disable_ipv6": "1",
            "net.ipv4.ping_group_range": "1 0",
        },
    }
    assert {name: host[name] for name in expected} == expected
    ulimits = {limit["Name"]: (limit["Soft"], limit["Hard"]) for limit in host["Ulimits"]}
    assert ulimits == {"nofile": (4096, 4096), "core": (0, 0), "memlock": (65_536, 65_536)}


NOT_ASKED = {
    *("CapAdd", "OomKillDisable", "Binds", "Mounts", "Devices", "DeviceRequests", "GroupAdd"),
    *("DeviceCgroupRules", "Links", "VolumesFrom", "PortBindings", "DnsSearch", "PidMode"),
    *("UTSMode", "UsernsMode", "CgroupParent", "VolumeDriver"),
}


def test_what_nobody_asked_for_is_not_there(seen: Inspected) -> None:
    assert {name for name in NOT_ASKED if seen["HostConfig"].get(name)} == set()


def test_default_masks_are_not_taken_off(seen: Inspected) -> None:
    assert {"/proc/kcore", "/proc/keys", "/sys/firmware"} <= set(seen["HostConfig"]["MaskedPaths"])
    assert {"/proc/sys", "/proc/sysrq-trigger"} <= set(seen["HostConfig"]["ReadonlyPaths"])


def test_scratch_folders_are_small_and_nothing_runs_from_them(seen: Inspected) -> None:
    tmpfs = seen["HostConfig"]["Tmpfs"]
    uid, _, gid = seen["Config"]["User"].partition(":")
    assert {"/tmp", "/run"} <= set(tmpfs)
    for options in tmpfs.values():
        words = set(options.split(","))
        assert {"noexec", "nosuid", "nodev", f"uid={uid}", f"gid={gid}"} <= words
        assert any(word.startswith("size=") for word in words)
        assert any(word.startswith("nr_inodes=") for word in words)


def test_the_user_is_a_number_and_not_root(seen: Inspected) -> None:
    uid, _, gid = seen["Config"]["User"].partition(":")
    assert int(uid) > 0
    assert int(gid) > 0


def test_an_images_check_is_not_run_and_its_volumes_keep_nothing(
    docker_engine: DockerEngine, api: docker.APIClient
) -> None:
    sent = inspected(docker_engine, api, "sent")
    assert sent["Config"]["Healthcheck"]["Test"] == ["NONE"]
    assert {"/var/lib/kept", "/srv/kept"} <= set(sent["HostConfig"]["Tmpfs"])
    assert [m for m in sent["Mounts"] if m["Type"] != "tmpfs"] == []
    program = "open('/var/lib/kept/x', 'w').write('x'); open('/srv/kept/x', 'w').write('x')"
    python(docker_engine, "sent", program)


def test_every_label_of_ours_is_set_by_us(
    docker_engine: DockerEngine, api: docker.APIClient, seen: Inspected, service: str
) -> None:
    owner = labels.owner(seen["Config"]["Labels"])
    volume = api.inspect_volume(f"{docker_engine.den.name}-state")
    assert owner is not None
    assert owner.install == volume["Labels"][labels.INSTALL]
    assert (owner.den, owner.sandbox, owner.generation, owner.service, owner.kind) == (
        docker_engine.den.name,
        SANDBOX,
        1,
        service,
        "service",
    )
    network = api.inspect_network(names.network(docker_engine.den.name, SANDBOX, 1))
    found = labels.owner(network["Labels"])
    assert found is not None
    assert (found.sandbox, found.kind, found.install) == (SANDBOX, "network", owner.install)


def test_the_network_is_closed_and_the_host_has_no_address_on_it(
    docker_engine: DockerEngine, api: docker.APIClient
) -> None:
    network = api.inspect_network(names.network(docker_engine.den.name, SANDBOX, 1))
    assert network["Internal"] is True
    assert network["EnableIPv6"] is False
    options = network["Options"]
    assert (
        options.get("com.docker.network.bridge.inhibit_ipv4") == "true"
        or options.get("com.docker.network.bridge.gateway_mode_ipv4") == "isolated"
    )
    for service in ("web", "book", "sent"):
        joined = inspected(docker_engine, api, service)["NetworkSettings"]["Networks"]
        assert list(joined) == [names.network(docker_engine.den.name, SANDBOX, 1)]


def test_processes_have_no_privileges(docker_engine: DockerEngine, service: str) -> None:
    status = python(docker_engine, service, "print(open('/proc/1/status').read())")
    found = dict(line.split(":\t", 1) for line in status.strip().splitlines())
    for capabilities in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(found[capabilities], 16) == 0, capabilities
    assert (found["NoNewPrivs"], found["Seccomp"]) == ("1", "2")
    assert "0" not in found["Uid"].split() + found["Gid"].split() + found["Groups"].split()


def test_only_scratch_can_be_written(docker_engine: DockerEngine, service: str) -> None:
    program = """
import json, os, sys
def writes(folder):
    try:
        with open(folder + "/tried", "w") as file:
            file.write("x")
        os.remove(folder + "/tried")
        return True
    except OSError:
        return False
tried = ("/tmp", "/run", "/", "/etc", "/usr/bin", "/data", "/sys", "/proc")
print(json.dumps({folder: writes(folder) for folder in tried}))
"""
    found = json.loads(python(docker_engine, service, program))
    assert {folder for folder, written in found.items() if written} == (
        {"/tmp", "/run", "/data"} if service == "book" else {"/tmp", "/run"}
    )


def test_nothing_runs_from_tmp_and_nobody_becomes_root(
    docker_engine: DockerEngine, service: str
) -> None:
    program = """
import os, shutil, subprocess
shutil.copy("/bin/true", "/tmp/true"); os.chmod("/tmp/true", 0o755)
try:
    subprocess.run(["/tmp/true"]); print("ran")
except PermissionError:
    print("refused")
for attempt in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.chroot("/tmp"),
                lambda: os.mknod("/tmp/disk", 0o60644, os.makedev(8, 0))):
    try:
        attempt(); print("done")
    except PermissionError:
        print("refused")
"""
    assert python(docker_engine, service, program).split() == ["refused"] * 5


REACH = """
import json, socket
from concurrent.futures import ThreadPoolExecutor
def reach(place):
    try:
        socket.create_connection(place, timeout=0.8).close()
        return [":".join(map(str, place))]
    except OSError:
        return []
with ThreadPoolExecutor(32) as pool:
    print(json.dumps(sum(pool.map(reach, %r), [])))
"""


@pytest.fixture
def canary() -> Iterator[int]:
    """A service of the host that listens on every address it has."""
    with socket.socket() as listening:
        listening.bind(("0.0.0.0", 0))
        listening.listen()
        listening.settimeout(0.1)
        over = threading.Event()

        def answer() -> None:
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    listening.accept()[0].close()

        thread = threading.Thread(target=answer)
        thread.start()
        yield int(listening.getsockname()[1])
        over.set()
        thread.join()


def test_peers_are_reached_and_nothing_else(
    docker_engine: DockerEngine, api: docker.APIClient, canary: int, service: str
) -> None:
    den = docker_engine.den
    peer = "book" if service == "web" else "web"
    own, other = (docker_engine.observe(name).live for name in (SANDBOX, OTHER))
    assert own is not None
    assert own.subnet is not None
    assert other is not None
    assert other.subnet is not None
    assert _local(canary), "the canary sings"
    host = [*_addresses(), "172.17.0.1", str(own.subnet[1]), str(other.subnet[1]), "127.0.0.1"]
    edge = api.inspect_network(f"{den.name}-edge")["IPAM"]["Config"][0]["Gateway"]
    gateway = [str(own.subnet[2]), str(other.subnet[2]), edge]
    tried = [(address, canary) for address in [*host, edge]]
    tried += [(address, port) for address in gateway for port in (8080, den.gateway.port)]
    tried += [(address, den.gateway.port) for address in host]
    tried += [(other.services["web"].address, 8000)]
    tried += [("169.254.169.254", 80), ("1.1.1.1", 53), ("192.0.2.1", 80)]
    tried += [(own.services[peer].address, 8000)]
    found = json.loads(python(docker_engine, service, REACH % tried))
    assert found == [f"{own.services[peer].address}:8000"]


NEIGHBOURS = """
import contextlib, json, socket
with contextlib.suppress(OSError):
    socket.create_connection(("192.0.2.1", 80), timeout=0.5)
routes = [line.split() for line in open("/proc/net/route").read().splitlines()[1:] if line.strip()]
arp = [line.split() for line in open("/proc/net/arp").read().splitlines()[1:]]
answering = {row[0] for row in arp if row[3] != "00:00:00:00:00:00"}
way_out = [int(row[2], 16).to_bytes(4, "little") for row in routes if row[1] == "0" * 8]
print(json.dumps([w for w in map(socket.inet_ntoa, way_out) if w in answering]))
"""


def test_there_is_no_way_out(docker_engine: DockerEngine, service: str) -> None:
    """Engines before 25 write a default route all the same; nobody answers at its other end."""
    assert json.loads(python(docker_engine, service, NEIGHBOURS)) == []
    six = "import os; f = '/proc/net/if_inet6'; print(os.path.exists(f) and open(f).read())"
    assert python(docker_engine, service, six).strip() in ("", "False")


def test_peers_have_names_and_others_are_refused_at_once(
    docker_engine: DockerEngine, service: str
) -> None:
    peer = "book" if service == "web" else "web"
    program = f"""
import json, socket, time
found = socket.getaddrinfo({peer!r}, 8000, socket.AF_INET)[0][4][0]
asked = time.monotonic()
try:
    socket.getaddrinfo("canary.example.org", 80); outside = True
except OSError:
    outside = False
print(json.dumps([found, outside, time.monotonic() - asked]))
"""
    found, outside, seconds = json.loads(python(docker_engine, service, program))
    live = docker_engine.observe(SANDBOX).live
    assert live is not None
    assert (found, outside) == (live.services[peer].address, False)
    assert seconds < 2


class Lying(docker.APIClient):
    """A daemon that does something else than it was asked, and says so when it is read back."""

    def inspect_container(self, container: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().inspect_container(container)
        found["HostConfig"]["PidsLimit"] = 0
        return found


def test_a_container_that_is_not_confined_as_asked_is_removed(
    docker_engine: DockerEngine, api: docker.APIClient
) -> None:
    observed = docker_engine.observe(SANDBOX)
    assert observed.record is not None
    assert observed.live is not None
    assert observed.live.subnet is not None
    web = docker_engine.recipe(observed.record.recipe).containers["web"]
    odd = web.model_copy(update={"name": "odd"})
    place = Place(1, observed.live.subnet, "x", {"odd": str(observed.live.subnet[6])})
    install = api.inspect_volume(f"{docker_engine.den.name}-state")["Labels"][labels.INSTALL]
    with contextlib.closing(Lying(base_url=dens.engine_url(), version="auto")) as lying:
        containers = Containers(lying, docker_engine.den, docker_engine.images, lambda: install)
        with pytest.raises(EngineError, match="PidsLimit is 0, not 128"):
            containers.start(SANDBOX, odd, place, web.image)
    left = dens.leftovers(api, docker_engine.den, SANDBOX)
    assert [one for one in left if "odd" in one] == []


def test_a_den_that_wants_gvisor_does_not_start_without_it(
    docker_engine: DockerEngine, api: docker.APIClient, tmp_path: Path
) -> None:
    def told(path: str, body: Any) -> Any:
        return body | {"Runtimes": {"runc": {}}} if path.endswith("/info") else body

    wanting = docker_engine.den.model_copy(update={"runtime": "runsc"})
    folder = prototypes.written(tmp_path / "page", prototypes.page())
    with (
        liar.between(tmp_path, told=told) as url,
        contextlib.closing(DockerEngine(wanting, url)) as engine,
    ):
        outcome = pipeline.try_up(engine, folder, "under-gvisor")
        assert [error.code for error in outcome.failed] == ["DEN901"]
        assert "sandboxctl den --unset runtime" in outcome.failed[0].hint
        assert dens.leftovers(api, wanting, "under-gvisor") == []


def test_what_is_masked_holds_all_that_the_engine_masks_itself(
    docker_engine: DockerEngine, api: docker.APIClient, seen: Inspected
) -> None:
    image = inspected(docker_engine, api, "sent")["Image"]
    plain = api.create_container(image, command=["true"])["Id"]
    try:
        own = api.inspect_container(plain)["HostConfig"]
    finally:
        api.remove_container(plain, v=True, force=True)
    assert set(own["MaskedPaths"]) <= set(seen["HostConfig"]["MaskedPaths"])
    assert set(own["ReadonlyPaths"]) <= set(seen["HostConfig"]["ReadonlyPaths"])
    assert "/proc/interrupts" in seen["HostConfig"]["MaskedPaths"]


def _local(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return True


def _addresses() -> list[str]:
    """The addresses of this machine by which it is known to itself."""
    found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    return sorted({str(one[4][0]) for one in found})
