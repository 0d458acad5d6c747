"""Where images come from, on a real engine: a supplier's Dockerfile, an archive, a registry; and
that what is refused leaves nothing behind."""

from __future__ import annotations

import io
import json
import secrets
import tarfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import docker
import docker.errors
import pytest

from sandboxctl.blueprint import images as named
from sandboxctl.blueprint.dockerfile.reading import Allowed, read
from sandboxctl.engine.disk import Disk
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.images import Images
from sandboxctl.errors import BlueprintError, EngineError, PolicyError, SandboxError
from sandboxctl.lifecycle.assemble import assemble
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.build import Build
from sandboxctl.sandbox.den import ImageSettings
from tests import pipeline
from tests.conftest import Cli
from tests.engines import shelf
from tests.saved import Image, digest, tar, written

pytestmark = pytest.mark.engine

MEBIBYTE = 1024 * 1024
FOREIGN = {"com.docker.compose.project": "other", "traefik.enable": "true"}


def quiet(_: str) -> None:
    """Progress is shown to people."""


@pytest.fixture(scope="module")
def images(api: docker.APIClient) -> Images:
    return Images(api, ImageSettings(largest=64 * MEBIBYTE))


@pytest.fixture(scope="module")
def base(api: docker.APIClient) -> str:
    build = named.base()
    Images(api, ImageSettings()).build(build, quiet)
    return build.tag


@pytest.fixture(scope="module")
def registry(api: docker.APIClient, base: str) -> Iterator[str]:
    with shelf.opened(api, base) as name:
        yield name


SETTLED = 90.0
"""Seconds in which what other tests build is done."""


@contextmanager
def nothing_new(api: docker.APIClient) -> Iterator[None]:
    """No image is there afterwards, tagged or not, that was not there before. Other tests share
    the engine: theirs have names of their own, and what they are built on has none until the one
    that is named is there. So what is left is looked at until they are done."""
    before = everything(api)
    yield
    end = time.monotonic() + SETTLED
    while left := nameless(api) - before.keys():
        assert time.monotonic() < end, left
        time.sleep(0.5)


def nameless(api: docker.APIClient) -> set[str]:
    """Images without a name that nothing with a name is built on."""
    images = {image["Id"]: image for image in api.images(all=True)}
    named = [i for i, names in everything(api).items() if names]
    beneath = set()
    for one in named:
        while one in images and one not in beneath:
            beneath.add(one)
            one = images[one]["ParentId"]
    return images.keys() - beneath


def everything(api: docker.APIClient) -> dict[str, list[str]]:
    return {
        image["Id"]: [name for name in image["RepoTags"] or () if name != "<none>:<none>"]
        for image in api.images(all=True)
    }


Made = Callable[..., str]


@pytest.fixture
def foreign(api: docker.APIClient) -> Iterator[Made]:
    """Somebody else's image: `foreign("ONBUILD RUN id", parent)`, on nothing unless said."""
    tags: list[str] = []

    def made(lines: str, parent: str = "scratch", files: Mapping[str, bytes] | None = None) -> str:
        tag = f"sandboxctl-test/{secrets.token_hex(6)}:1"
        content = {"x": secrets.token_bytes(8), **(files or {})}
        dockerfile = f"FROM {parent}\nCOPY {' '.join(content)} /from/\n{lines}\n"
        context = io.BytesIO(tar({**content, "Dockerfile": dockerfile.encode()}))
        events = list(
            api.build(fileobj=context, custom_context=True, tag=tag, rm=True, decode=True)
        )
        assert "error" not in events[-1], events
        tags.append(tag)
        return tag

    yield made
    for tag in tags:
        with suppress(docker.errors.ImageNotFound):
            api.remove_image(tag, force=True)


@pytest.fixture
def remove(api: docker.APIClient) -> Iterator[list[str]]:
    """References to take away afterwards."""
    found: list[str] = []
    yield found
    for reference in found:
        with suppress(docker.errors.ImageNotFound):
            api.remove_image(reference, force=True)


def dockerfile(folder: Path, text: str, *, run: bool = False) -> Build:
    found, flaws = read(text.encode(), Allowed(run=run))
    assert found is not None, flaws
    return named.from_dockerfile(str(folder), found)


def out_of(api: docker.APIClient, image: str, path: str) -> bytes:
    """A file of an image, of which no container is ever started."""
    made = api.create_container(image, command=["-"])["Id"]
    try:
        stream, _ = api.get_archive(made, path)
        with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as archive:
            entry = archive.next()
            assert entry is not None
            file = archive.extractfile(entry)
            assert file is not None
            return b"%d:%d %s" % (entry.uid, entry.gid, file.read())
    finally:
        api.remove_container(made, force=True)


# -- a supplier's Dockerfile -------------------------------------------------------------------


def test_an_engine_understands_it_as_we_do(
    api: docker.APIClient, images: Images, tmp_path: Path, foreign: Made, remove: list[str]
) -> None:
    (tmp_path / "a b").write_text("in", encoding="utf-8")
    (tmp_path / "one.txt").write_text("1", encoding="utf-8")
    parent = foreign('ENV PATH=/before KEPT="it is"')
    text = (
        f'FROM {parent}\nENV A=\'$x "y" \\\' B=/srv PATH=/mine:$PATH\nENV C="$KEPT $B"\n'
        'WORKDIR $B/app\nCOPY --chown=5:6 ["a b", "to/"]\nCOPY *.txt .\nLABEL t="a \\"b\\" \\$c"\n'
        'USER app:users\nEXPOSE 8000\nENTRYPOINT ["/x", "$A", "é"]\nCMD echo "$A"\n'
    )
    build = dockerfile(tmp_path, text)
    images.build(build, quiet)
    remove.append(build.tag)
    config = api.inspect_image(build.tag)["Config"]  # type: ignore[no-untyped-call]
    environment = dict(pair.split("=", 1) for pair in config["Env"])
    assert environment == {
        "PATH": "/mine:/before",
        "KEPT": "it is",
        "A": '$x "y" \\',
        "B": "/srv",
        "C": "it is /srv",
    }
    assert config["WorkingDir"] == "/srv/app"
    assert config["Labels"]["t"] == 'a "b" $c'
    assert (config["User"], list(config["ExposedPorts"])) == ("app:users", ["8000/tcp"])
    assert config["Entrypoint"] == ["/x", "$A", "é"]
    assert config["Cmd"] == ["/bin/sh", "-c", 'echo "$A"']
    assert out_of(api, build.tag, "/srv/app/to/a b") == b"5:6 in"
    assert out_of(api, build.tag, "/srv/app/one.txt") == b"0:0 1"


def test_run_sees_no_network_and_nothing_of_the_host(
    api: docker.APIClient,
    base: str,
    tmp_path: Path,
    foreign: Made,
    remove: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://somebody:password@proxy.example.org:3128")
    parent = foreign("LABEL a=b", base)
    run = "RUN env > /seen && cat /proc/net/dev >> /seen && cat /proc/self/cgroup > /dev/null"
    build = dockerfile(tmp_path, f"FROM {parent}\n{run}\nCMD x", run=True)
    Images(api, ImageSettings()).build(build, quiet)
    remove.append(build.tag)
    seen = out_of(api, build.tag, "/seen").decode()
    assert "password" not in seen
    assert "lo:" in seen
    assert "eth0" not in seen


def test_a_parent_with_triggers_is_refused_before_it_triggers(
    api: docker.APIClient, images: Images, tmp_path: Path, foreign: Made
) -> None:
    parent = foreign("ONBUILD COPY . /taken")
    (tmp_path / "note").write_text("x", encoding="utf-8")
    for build in (
        dockerfile(tmp_path, f"FROM {parent}\nCMD x"),
        named.with_files(parent, {"/note": str(tmp_path / "note")}),
    ):
        with nothing_new(api), pytest.raises(PolicyError, match="ONBUILD") as refused:
            images.build(build, quiet)
        assert refused.value.code == "DEN541"
        assert not images.has(build.tag)


def test_what_is_built_too_large_is_not_kept(
    api: docker.APIClient, images: Images, tmp_path: Path, foreign: Made
) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(65 * MEBIBYTE)
    build = dockerfile(tmp_path, f"FROM {foreign('CMD x')}\nCOPY large /")
    with nothing_new(api), pytest.raises(PolicyError, match="up to 64 MiB") as refused:
        images.build(build, quiet)
    assert refused.value.code == "DEN540"
    assert not images.has(build.tag)


# -- an archive --------------------------------------------------------------------------------


def test_an_archive_of_docker_save_comes_without_its_names(
    api: docker.APIClient, images: Images, foreign: Made, tmp_path: Path, remove: list[str]
) -> None:
    """The archive claims the name of an image that is there: that stays what it is."""
    theirs = foreign('LABEL org.sandboxctl.den="x"\nENV A=1\nCMD ["/from/x"]')
    path = tmp_path / "api.tar"
    path.write_bytes(b"".join(api.get_image(theirs)))
    api.remove_image(theirs, force=True)
    repository, _, version = theirs.partition(":")
    api.tag(foreign("CMD y"), repository, version)
    kept = api.inspect_image(theirs)["Id"]  # type: ignore[no-untyped-call]
    build = named.from_archive(str(path))
    images.build(build, quiet)
    remove += [build.tag, theirs]
    assert api.inspect_image(theirs)["Id"] == kept  # type: ignore[no-untyped-call]
    found = api.inspect_image(build.tag)  # type: ignore[no-untyped-call]
    assert found["Config"]["Cmd"] == ["/from/x"]
    assert found["Config"]["Labels"]["org.sandboxctl.image"] == "archive"
    assert found["RepoTags"] == [build.tag]
    assert build.tag in {image.tag for image in images.list()}
    told: list[str] = []
    images.build(build, told.append)
    assert told == []
    api.remove_image(build.tag)
    assert found["Parent"] not in everything(api)


@pytest.mark.parametrize("packed", [False, True])
def test_an_archive_made_by_hand(
    api: docker.APIClient, images: Images, tmp_path: Path, remove: list[str], packed: bool
) -> None:
    text = secrets.token_hex().encode()
    layers = [tar({"a": text}), tar({"b": b"2"}, uid=5, gid=6)]
    path = written(tmp_path / "api.tar", Image(layers, packed=packed).files)
    build = named.from_archive(str(path))
    images.build(build, quiet)
    remove.append(build.tag)
    assert out_of(api, build.tag, "/a") == b"0:0 " + text
    assert out_of(api, build.tag, "/b") == b"5:6 2"
    assert "redis:7" not in everything(api)[api.inspect_image(build.tag)["Id"]]  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("image", "code", "kind"),
    [
        (Image([tar({"zeros": bytes(65 * MEBIBYTE)})], packed=True), "DEN531", BlueprintError),
        (Image(config={"OnBuild": ["RUN id"]}), "DEN541", PolicyError),
        (Image(config={"WorkingDir": "/proc/self/fd/8"}), "DEN544", PolicyError),
        (Image(config={"Volumes": {"/": {}}}), "DEN543", PolicyError),
        (Image(more={"architecture": "s390x"}), "DEN542", PolicyError),
        (Image(more={"rootfs": {"diff_ids": ["sha256:" + "0" * 64]}}), "DEN533", BlueprintError),
    ],
)
def test_an_archive_that_is_refused_loads_nothing(
    api: docker.APIClient,
    images: Images,
    tmp_path: Path,
    image: Image,
    code: str,
    kind: type[SandboxError],
) -> None:
    build = named.from_archive(str(written(tmp_path / "api.tar", image.files)))
    with nothing_new(api), pytest.raises(kind) as refused:
        images.build(build, quiet)
    assert refused.value.code == code
    assert refused.value.hint
    assert not images.has(build.tag)


def test_what_an_engine_cannot_load_is_said(images: Images, tmp_path: Path) -> None:
    """A configuration with all that we look at, and nothing that an engine needs."""
    image = Image(more={"history": "none"})
    build = named.from_archive(str(written(tmp_path / "api.tar", image.files)))
    with pytest.raises(EngineError, match=r"cannot load|loading") as refused:
        images.build(build, quiet)
    assert refused.value.hint
    assert not images.has(build.tag)


def test_an_archive_that_is_gone(images: Images, tmp_path: Path) -> None:
    path = written(tmp_path / "api.tar", Image().files)
    build = named.from_archive(str(path))
    path.unlink()
    with pytest.raises(BlueprintError, match="cannot be read"):
        images.build(build, quiet)


# -- a registry --------------------------------------------------------------------------------


def pushed(api: docker.APIClient, registry: str, source: str) -> str:
    """The image in the registry, and no longer on the engine."""
    name = f"{registry}/t{secrets.token_hex(4)}"
    shelf.push(api, source, name, "1")
    api.remove_image(source, force=True)
    return f"{name}:1"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (secrets.token_bytes(65 * MEBIBYTE), "at least 65 MiB to fetch"),
        (bytes(65 * MEBIBYTE), "takes 65 MiB"),
    ],
    ids=["on its way", "once unpacked"],
)
def test_an_image_that_is_too_large_does_not_stay(
    api: docker.APIClient,
    images: Images,
    registry: str,
    foreign: Made,
    remove: list[str],
    content: bytes,
    why: str,
) -> None:
    name = pushed(api, registry, foreign("CMD x", files={"large": content}))
    remove.append(name)
    with nothing_new(api), pytest.raises(PolicyError, match=why) as refused:
        images.pull(name, quiet)
    assert refused.value.code == "DEN540"
    assert "images.largest" in str(refused.value) + refused.value.hint
    assert not images.has(name)
    Images(api, ImageSettings(largest=128 * MEBIBYTE)).pull(name, quiet)
    assert images.has(name)
    with pytest.raises(PolicyError):
        images.pull(name, quiet)
    assert images.has(name), "it was there before, so it is not ours to remove"


class Slow(BaseHTTPRequestHandler):
    """A registry with one image, whose layer says it is large and comes very slowly."""

    size = 300 * MEBIBYTE
    config = (
        b'{"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}'
    )
    broken = threading.Event()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        blob = self.path.rpartition(":")[2]
        if "/manifests/" in self.path:
            kind = "application/vnd.docker.distribution.manifest.v2+json"
            self.answer(json.dumps(self.manifest(kind)).encode(), kind)
        elif blob == digest(self.config):
            self.answer(self.config, "application/octet-stream")
        elif "/blobs/" in self.path:
            self.trickle()
        else:
            self.answer(b"{}", "application/json")

    def manifest(self, kind: str) -> dict[str, object]:
        sizes = {digest(self.config): len(self.config), "f" * 64: self.size}
        config, layer = ({"digest": f"sha256:{d}", "size": n} for d, n in sizes.items())
        config["mediaType"] = "application/vnd.docker.container.image.v1+json"
        layer["mediaType"] = "application/vnd.docker.image.rootfs.diff.tar.gzip"
        return {"schemaVersion": 2, "mediaType": kind, "config": config, "layers": [layer]}

    def answer(self, content: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Docker-Content-Digest", f"sha256:{digest(content)}")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(self.size))
        self.end_headers()
        try:
            while not self.broken.wait(0.05):
                self.wfile.write(bytes(64 * 1024))
        except OSError:
            self.broken.set()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def test_what_is_refused_on_its_way_is_no_longer_fetched(
    api: docker.APIClient, images: Images
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        name = f"127.0.0.1:{server.server_port}/large:1"
        began = time.monotonic()
        with nothing_new(api), pytest.raises(PolicyError, match="at least 300 MiB to fetch"):
            images.pull(name, quiet)
        assert Slow.broken.wait(20), "the engine goes on fetching what nobody wants"
        assert time.monotonic() - began < 20
        server.shutdown()


def test_an_image_for_which_the_disk_has_no_room(api: docker.APIClient) -> None:
    disk = Disk(api, 64 * MEBIBYTE)
    disk.needs(MEBIBYTE, "a")
    disk.look("a")
    with pytest.raises(
        EngineError, match=r"^a: it needs about [\d,]+ MiB of the engine's disk"
    ) as no:
        disk.needs(10**18, "a")
    assert no.value.code == "DEN547"


def test_an_image_with_triggers_does_not_stay_either(
    api: docker.APIClient, images: Images, registry: str, foreign: Made
) -> None:
    name = pushed(api, registry, foreign("ONBUILD RUN id\nCMD x"))
    with nothing_new(api), pytest.raises(PolicyError, match="ONBUILD"):
        images.pull(name, quiet)
    assert not images.has(name)


# -- what an image says of itself ----------------------------------------------------------------


def blueprint(folder: Path, image: str, **more: object) -> Path:
    service = {"image": image, "mem_limit": "32m", **more}
    content = {"blueprint": 1, "name": "a", "opens": {"/": {"service": "web", "port": 80}}}
    (folder / "blueprint.yaml").write_text(json.dumps({**content, "services": {"web": service}}))
    return folder


def test_what_an_image_says_of_itself_is_overridden(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    base: str,
    foreign: Made,
    tmp_path: Path,
    sandbox: str,
) -> None:
    own = {labels.INSTALL: "x", labels.DEN: "other", labels.SANDBOX: "other", **FOREIGN}
    said = " ".join(f'{name}="{value}"' for name, value in own.items())
    image = foreign(
        f"LABEL {said}\nUSER 0\nVOLUME /data /more\nEXPOSE 22 80\nSTOPSIGNAL SIGKILL\n"
        "HEALTHCHECK --interval=1s CMD touch /tmp/checked\nENV LD_PRELOAD=/none.so\n"
        'CMD ["sleep", "600"]',
        base,
    )
    pipeline.up(docker_engine, blueprint(tmp_path, image), sandbox)
    name = f"{docker_engine.den.name}-{sandbox}-1-web"
    seen = api.inspect_container(name)
    assert {seen["Config"]["Labels"][key] for key in FOREIGN} == {""}
    assert seen["Config"]["Labels"][labels.SANDBOX] == sandbox
    assert seen["Config"]["Labels"][labels.DEN] == docker_engine.den.name
    assert seen["Config"]["User"] == "10001:10001"
    assert seen["Config"]["StopSignal"] == "SIGTERM"
    assert seen["Config"]["Healthcheck"]["Test"] == ["NONE"]
    assert seen["State"].get("Health") is None
    assert not any(seen["NetworkSettings"]["Ports"].values())
    assert not seen["HostConfig"]["PortBindings"]
    assert {"/data", "/more"} <= seen["HostConfig"]["Tmpfs"].keys()
    assert not [mount for mount in seen["Mounts"] if mount["Type"] == "volume"]
    pipeline.down(docker_engine, sandbox)


def test_an_image_that_does_not_say_what_to_run(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    foreign: Made,
    tmp_path: Path,
    sandbox: str,
) -> None:
    outcome = pipeline.try_up(docker_engine, blueprint(tmp_path, foreign("")), sandbox)
    (failed,) = outcome.failed
    assert failed.code == "DEN546"
    assert "does not say what to run" in str(failed)
    assert api.containers(all=True, filters={"name": f"-{sandbox}-"}) == []


def test_an_image_that_was_here_already_is_looked_at_too(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    foreign: Made,
    tmp_path: Path,
    sandbox: str,
) -> None:
    image = foreign("WORKDIR /proc/self\nCMD x")
    outcome = pipeline.try_up(docker_engine, blueprint(tmp_path, image), sandbox)
    assert [failed.code for failed in outcome.failed] == ["DEN544"]
    assert api.containers(all=True, filters={"name": f"-{sandbox}-"}) == []


def test_nothing_of_a_run_runs_before_it_is_granted(
    cli: Cli, docker_engine: DockerEngine, tmp_path: Path, sandbox: str, remove: list[str]
) -> None:
    """Neither `up` nor `image prepare`, nor `approve` before it was agreed to."""
    folder = tmp_path / "blueprint"
    folder.mkdir()
    asked = {"service": "web", "grant": "run", "reason": "It writes down who made it."}
    web = {"build": ".", "mem_limit": "32m", "command": ["sleep", "600"]}
    content = {"blueprint": 1, "name": sandbox, "opens": {"/": {"service": "web", "port": 80}}}
    text = json.dumps({**content, "services": {"web": web}, "exceptions": [asked]})
    (folder / "blueprint.yaml").write_text(text)
    (folder / "Dockerfile").write_text(
        f"FROM debian:bookworm-slim\nRUN echo {sandbox} $(id -u) > /made\n"
    )
    blueprint = pipeline.loaded(docker_engine, folder, sandbox)
    (build,) = assemble(blueprint).builds
    remove.append(build.tag)
    assert "DEN8" in cli("up", str(folder), code=3).stderr
    assert "DEN8" in cli("image", "prepare", str(folder), code=3).stderr
    told = cli("approve", str(folder), "--plain", code=1).stderr
    assert "echo" in told
    assert "no terminal to ask at" in told
    assert not docker_engine.images.has(build.tag)
    cli("approve", str(folder), "--yes")
    assert not docker_engine.images.has(build.tag)
    cli("image", "prepare", str(folder))
    assert docker_engine.images.has(build.tag)
    cli("up", str(folder))
    answer = docker_engine.run(sandbox, "web", ["cat", "/made"])
    assert answer.output.split() == [sandbox.encode(), b"0"]
    assert docker_engine.run(sandbox, "web", ["id", "-u"]).output.strip() == b"10001"
    cli("down", sandbox)
    cli("approve", sandbox, "--revoke")
