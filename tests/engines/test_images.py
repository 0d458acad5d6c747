"""Images on a real engine: made, fetched, and run as hard as services are."""

from __future__ import annotations

import io
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docker
import docker.errors
import pytest

from sandboxctl.blueprint import images as named
from sandboxctl.engine import hardening, registry
from sandboxctl.engine.images import ImageFacts, Images, unneeded
from sandboxctl.engine.means import Means
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import labels as our_labels
from sandboxctl.sandbox.build import Build
from sandboxctl.sandbox.den import ImageSettings
from tests.engines.shelf import opened, push
from tests.test_wheels import wheel

pytestmark = pytest.mark.engine

NOBODY = "10001:10001"
MEBIBYTE = 1024 * 1024
ANSWERS = (
    "for i in $(seq 500); do (exec 3<>/dev/tcp/127.0.0.1/{}) 2>/dev/null && exit; sleep .02; done;"
    " exit 1"
)
GET = (
    "exec 3<>/dev/tcp/127.0.0.1/{port}; printf 'GET {path} HTTP/1.0\\r\\n{more}\\r\\n' >&3; cat <&3"
)


@pytest.fixture(scope="module")
def api() -> Iterator[docker.APIClient]:
    client = docker.APIClient(version="auto", timeout=300)
    yield client
    client.close()


@pytest.fixture(scope="module")
def images(api: docker.APIClient) -> Images:
    return Images(api, ImageSettings())


@pytest.fixture
def made(api: docker.APIClient) -> Iterator[list[str]]:
    """References to take away afterwards."""
    tags: list[str] = []
    yield tags
    for tag in tags:
        with suppress(docker.errors.ImageNotFound):
            api.remove_image(tag, force=True)


def quiet(_: str) -> None:
    """Progress is shown to people."""


def make(images: Images, builds: tuple[Build, ...]) -> str:
    for build in builds:
        images.build(build, quiet)
    return builds[-1].tag


class Running:
    """One container, confined as services are, without a network."""

    def __init__(self, api: docker.APIClient, container: str) -> None:
        self._api, self.id = api, container

    def run(self, *argv: str, code: int = 0) -> str:
        made = self._api.exec_create(self.id, argv)
        output: str = self._api.exec_start(made["Id"]).decode()
        assert self._api.exec_inspect(made["Id"])["ExitCode"] == code, output + self.logs()
        return output

    def get(self, port: int, path: str, more: str = "") -> str:
        return self.run("bash", "-c", GET.format(port=port, path=path, more=more))

    def logs(self) -> str:
        text: str = self._api.logs(self.id).decode()
        return text


@contextmanager
def running(
    api: docker.APIClient,
    image: str,
    *command: str,
    stateful: bool = False,
    memory: int = 256,
) -> Iterator[Running]:
    host = hardening.confined(memory * MEBIBYTE, 0.5, 128, Means()) | {
        "NetworkMode": "none",
        "ReadonlyRootfs": not stateful,
        "Tmpfs": hardening.tmpfs(NOBODY),
    }
    body = {"Image": image, "User": NOBODY, "HostConfig": host}
    body |= {"Cmd": command} if command else {}
    made = api.create_container_from_config(body)  # type: ignore[no-untyped-call]
    try:
        api.start(made["Id"])
        yield Running(api, made["Id"])
    finally:
        api.remove_container(made["Id"], v=True, force=True)


def confined(service: Running) -> None:
    status = service.run("cat", "/proc/1/status")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert fields["Uid"].split() == ["10001"] * 4
    assert {fields[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert (fields["NoNewPrivs"], fields["Seccomp"]) == ("1", "2")


def test_every_image_of_ours_says_so(api: docker.APIClient, images: Images) -> None:
    tag = make(images, (named.base(),))
    labels: dict[str, str] = api.inspect_image(tag)["Config"]["Labels"]  # type: ignore[no-untyped-call]
    assert labels[our_labels.IMAGE] == "base"
    assert labels[our_labels.KEY] == named.base().key
    assert datetime.fromisoformat(labels["org.sandboxctl.created"]).tzinfo
    assert tag in images.tags()
    assert tag in {image.tag for image in images.list() if image.size > MEBIBYTE}


def test_many_makers_make_one(images: Images, tmp_path: Path, made: list[str]) -> None:
    (tmp_path / "note").write_text(secrets.token_hex(), encoding="utf-8")
    base = named.base()
    images.build(base, quiet)
    build = named.with_files(base.tag, {"/srv/note": str(tmp_path / "note")})
    told: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: images.build(build, told.append), range(4)))
    made.append(build.tag)
    assert told.count(f"building {build.tag}") == 1
    images.build(build, told.append)
    assert told.count(f"building {build.tag}") == 1


def test_files_are_where_the_blueprint_says(
    api: docker.APIClient, images: Images, tmp_path: Path, made: list[str]
) -> None:
    (tmp_path / "site" / "in").mkdir(parents=True)
    (tmp_path / "site" / "in" / "x").write_text("folder", encoding="utf-8")
    (tmp_path / "a.conf").write_text("file", encoding="utf-8")
    base = named.base()
    targets = {"/etc/$HOME/b c.conf": tmp_path / "a.conf", "/srv/site": tmp_path / "site"}
    build = named.with_files(base.tag, {to: str(path) for to, path in targets.items()})
    made.append(make(images, (base, build)))
    with running(api, build.tag, "sleep", "60") as service:
        assert service.run("cat", "/etc/$HOME/b c.conf", "/srv/site/in/x") == "filefolder"
        assert "drwxrwxrwt" in service.run("stat", "-c", "%A", "/tmp")


def test_writable_folders_are_the_services_own(
    api: docker.APIClient,
    images: Images,
    image: Callable[[str], str],
    tmp_path: Path,
    made: list[str],
) -> None:
    lines = "RUN mkdir -p /srv/old && echo kept > /srv/old/note && chown -R 33:33 /srv/old"
    (tmp_path / "seed.db").write_text("rows", encoding="utf-8")
    files = {"/new/seed.db": str(tmp_path / "seed.db"), "/newer": str(tmp_path)}
    build = named.with_files(image(lines), files, writable=["/srv/old", "/new"], user=NOBODY)
    made.append(make(images, (build,)))
    with running(api, build.tag, "sleep", "60", stateful=True) as service:
        service.run("touch", "/new/x", "/srv/old/x")
        assert service.run("cat", "/srv/old/note") == "kept\n"
        ours = ["/new", "/new/seed.db", "/srv/old", "/srv/old/note"]
        owners = service.run("stat", "-c", "%u:%g", *ours, "/srv", "/newer")
        assert owners.split() == [NOBODY] * len(ours) + ["0:0"] * 2


def test_a_parent_of_ours_is_never_looked_for_on_the_internet(images: Images) -> None:
    build = named.of("images/files", "sandboxctl/base:000000000000")
    with pytest.raises(EngineError, match="which is not there"):
        images.build(build, quiet)


def test_python_runs_what_came_from_wheels(
    api: docker.APIClient,
    images: Images,
    tmp_path: Path,
    made: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wheel(tmp_path, "demo")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    app = tmp_path / "app"
    app.mkdir()
    (app / "requirements.txt").write_text("demo==1.0\n", encoding="utf-8")
    (app / "server.py").write_text(
        "import time, demo\ndemo.main()\ntime.sleep(60)", encoding="utf-8"
    )
    tag = make(images, named.app("python", str(app)))
    made.append(tag)
    with running(api, tag, "python", "server.py") as service:
        confined(service)
        assert service.run("demo") == "hello\n"
        assert service.run("pwd") == "/app\n"
        assert "server.cpython-311.pyc" in service.run("ls", "__pycache__")
        service.run("touch", "/app/x", code=1)
        assert service.logs() == "hello\n"


@pytest.mark.parametrize("single", [False, True])
def test_static_pages(
    api: docker.APIClient, images: Images, tmp_path: Path, made: list[str], single: bool
) -> None:
    (tmp_path / "index.html").write_text("<h1>Home</h1>", encoding="utf-8")
    (tmp_path / "app.mjs").write_text("1;" * 2000, encoding="utf-8")
    (tmp_path / ".env").write_text("SECRET=1", encoding="utf-8")
    tag = make(images, named.app("static", str(tmp_path), spa=single))
    made.append(tag)
    with running(api, tag, memory=64) as service:
        service.run("bash", "-c", ANSWERS.format(8080))
        confined(service)
        page = service.get(8080, "/")
        assert "200 OK" in page
        assert "text/html; charset=utf-8" in page
        assert "nginx/" not in page
        module = service.get(8080, "/app.mjs")
        assert "Content-Type: text/javascript" in module
        deep = service.get(8080, "/no/such/page").splitlines()[0]
        assert deep.split()[1] == ("200" if single else "404")
        assert "SECRET" not in service.get(8080, "/.env")
        assert "gzip" in service.run("grep", "gzip on", "/etc/nginx/den.conf")
        assert '"GET / HTTP/1.0" 200' in service.logs()


def test_node_runs_what_the_lock_names(
    api: docker.APIClient, images: Images, made: list[str]
) -> None:
    folder = Path(__file__).parent / "node"
    tag = make(images, named.app("node", str(folder)))
    made.append(tag)
    with running(api, tag, "node", "server.js") as service:
        service.run("bash", "-c", ANSWERS.format(3000))
        confined(service)
        assert service.get(3000, "/").endswith("true")
        assert "not found" in service.run("sh", "-c", "npm --version 2>&1; true")


def test_redis(api: docker.APIClient, images: Images) -> None:
    tag = make(images, named.chain("services/redis"))
    with running(api, tag, memory=128) as service:
        service.run("sh", "-c", "until redis-cli ping; do sleep .02; done 2> /dev/null")
        confined(service)
        assert service.run("redis-cli", "set", "a", "1") == "OK\n"
        assert service.run("redis-cli", "--raw", "config", "get", "save") == "save\n\n"


POSTGRES = {"database": "repairs", "user": "repair-desk"}
IS_READY = "until pg_isready -q -h 127.0.0.1; do sleep .01; done"


def test_postgres_starts_with_its_database(api: docker.APIClient, images: Images) -> None:
    tag = make(images, named.chain("services/postgres", facts=POSTGRES))
    with running(api, tag, stateful=True) as service:
        service.run("sh", "-c", IS_READY)
        confined(service)
        asked = "select current_user, current_database(), current_setting('wal_segment_size')"
        assert service.run("psql", "-Atc", asked) == "repair-desk|repairs|1MB\n"
        service.run("psql", "-qc", "create extension pg_trgm; create table t (id int)")
        begun = time.monotonic()
        api.stop(service.id, timeout=10)
        assert time.monotonic() - begun < 5
        assert api.inspect_container(service.id)["State"]["ExitCode"] == 0


def test_postgres_names_that_are_already_there(
    api: docker.APIClient, images: Images, made: list[str]
) -> None:
    facts = {"database": "postgres", "user": "postgres"}
    tag = make(images, named.chain("services/postgres", facts=facts))
    made.append(tag)
    with running(api, tag, stateful=True) as service:
        service.run("sh", "-c", IS_READY)
        assert service.run("psql", "-Atc", "select current_user") == "postgres\n"


def test_what_was_committed_is_in_a_snapshot(
    api: docker.APIClient, images: Images, made: list[str]
) -> None:
    """The container is paused right after the answer, and its image starts by itself."""
    tag = make(images, named.chain("services/postgres", facts=POSTGRES))
    rows = "create table t as select generate_series(1, 20000) as id"
    with running(api, tag, stateful=True) as service:
        service.run("sh", "-c", IS_READY)
        service.run("psql", "-qc", rows, "-c", "insert into t values (0)")
        api.pause(service.id)
        snapshot = api.commit(service.id)["Id"]
        made.append(snapshot)
        api.unpause(service.id)
    with running(api, snapshot, stateful=True) as service:
        service.run("sh", "-c", IS_READY)
        assert service.run("psql", "-Atc", "select count(*) from t") == "20001\n"
        api.kill(service.id)
        api.start(service.id)
        service.run("sh", "-c", IS_READY)
        assert service.run("psql", "-Atc", "select count(*) from t") == "20001\n"


@pytest.fixture
def image(api: docker.APIClient, images: Images, made: list[str]) -> Callable[[str], str]:
    """A supplier's image: the base with lines of theirs."""
    base = make(images, (named.base(),))

    def made_of(lines: str) -> str:
        tag = f"sandboxctl-test/{secrets.token_hex(6)}:1"
        file = io.BytesIO(f"FROM {base}\n{lines}\n".encode())
        events = list(api.build(fileobj=file, tag=tag, rm=True, forcerm=True, decode=True))
        assert "error" not in events[-1], events
        made.append(tag)
        return tag

    return made_of


@pytest.mark.parametrize(
    ("lines", "user"),
    [
        ("", NOBODY),
        ("USER root", NOBODY),
        ("USER 0:0", NOBODY),
        ("USER 1234:99", "1234:99"),
        ("USER 1234", "1234:0"),
        ("USER den", NOBODY),
        ("USER www-data", "33:33"),
        ("USER www-data:games", "33:60"),
        ("USER 33", "33:33"),
        ("RUN useradd -o -u 0 toor\nUSER toor", NOBODY),
        ("USER nobody-knows", NOBODY),
        ("RUN rm /etc/passwd && ln -s /etc/shadow /etc/passwd\nUSER www-data", NOBODY),
    ],
)
def test_as_whom_an_image_runs(
    images: Images, image: Callable[[str], str], lines: str, user: str
) -> None:
    assert images.user_of(image(lines)) == user


def test_reading_the_user_leaves_no_container(
    api: docker.APIClient, images: Images, image: Callable[[str], str]
) -> None:
    tag = image("VOLUME /data\nVOLUME /a\nUSER www-data")
    assert images.volumes_of(tag) == ("/a", "/data")
    images.user_of(tag)
    assert api.containers(all=True, filters={"ancestor": tag}) == []


def test_an_image_that_is_not_there(images: Images) -> None:
    with pytest.raises(EngineError):
        images.user_of("sandboxctl-test/missing:1")


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("127.0.0.1:9/nothing:1", "cannot be reached"),
        ("registry.invalid/nothing:1", "cannot be reached"),
        ("Not:A:Name", "not a name of an image"),
    ],
)
def test_a_pull_that_fails_says_why(images: Images, reference: str, why: str) -> None:
    with pytest.raises(EngineError, match=why) as failed:
        images.pull(reference, quiet)
    assert failed.value.hint


def test_a_python_that_cannot_be_had(api: docker.APIClient, tmp_path: Path) -> None:
    settings = ImageSettings(registry="127.0.0.1:9/mirror", packages=False)
    ground, _ = named.app("python", str(tmp_path), python="3.99")
    begun = time.monotonic()
    with pytest.raises(EngineError, match=r"127\.0\.0\.1:9/mirror/python:3\.99-slim: .*reached"):
        Images(api, settings).build(ground, quiet)
    assert time.monotonic() - begun < 2 * registry.FAST + 5


@pytest.fixture(scope="module")
def shelf(api: docker.APIClient, images: Images) -> Iterator[str]:
    """A registry on loopback."""
    with opened(api, make(images, (named.base(),))) as name:
        yield name


def test_pulling_from_a_registry(
    api: docker.APIClient, images: Images, shelf: str, image: Callable[[str], str], made: list[str]
) -> None:
    source = image("RUN echo 1 > /one")
    push(api, source, f"{shelf}/team/one", "1")
    api.remove_image(source)
    told: list[str] = []
    images.pull(f"{shelf}/team/one:1", told.append)
    made.append(f"{shelf}/team/one:1")
    assert f"{shelf}/team/one:1" in images.tags()
    digest = next(name for name in images.tags() if name.startswith(f"{shelf}/team/one@sha256:"))
    images.pull(digest, told.append)
    assert told
    assert "layers" in told[0]
    with pytest.raises(EngineError, match="no such tag"):
        images.pull(f"{shelf}/team/one:2", quiet)
    with pytest.raises(EngineError, match="no such"):
        images.pull(f"{shelf}/team/two:1", quiet)


def test_a_mirror_is_asked_first(
    api: docker.APIClient, shelf: str, image: Callable[[str], str], made: list[str]
) -> None:
    name = f"sandboxctl-test-{secrets.token_hex(4)}"
    push(api, image("RUN echo 2 > /two"), f"{shelf}/{name}", "12-slim")
    found, why = registry.obtain(api, f"{name}:12-slim", shelf, quiet)
    made.append(f"{shelf}/{name}:12-slim")
    assert (found, why) == (f"{shelf}/{name}:12-slim", [])


NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def facts(
    tag: str, *, hours: float = 9, parent: str = "", used: tuple[str, ...] = ()
) -> ImageFacts:
    return ImageFacts(tag, "x", 1, NOON - timedelta(hours=hours), used, parent)


@pytest.mark.parametrize(
    ("kept", "gone"),
    [
        ((), {"base", "app", "old", "lone"}),
        (("app",), {"old", "lone"}),
        (("base", "old"), {"app", "lone"}),
    ],
)
def test_who_needs_an_image(kept: tuple[str, ...], gone: set[str]) -> None:
    images = [
        facts("base"),
        facts("app", parent="base"),
        facts("old", parent="base"),
        facts("lone"),
    ]
    young = facts("young", hours=0)
    busy = [facts("ground"), facts("busy", parent="ground", used=("a-container",))]
    found = unneeded([*images, young, *busy], kept, before=NOON - timedelta(hours=1))
    assert {image.tag for image in found} == gone


def test_removing_an_image_twice(images: Images, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(secrets.token_hex(), encoding="utf-8")
    base = named.base()
    tag = make(images, (base, named.with_files(base.tag, {"/x": str(tmp_path / "x")})))
    assert [image.parent for image in images.list() if image.tag == tag] == [base.tag]
    assert images.remove(tag)
    assert not images.remove(tag)
    assert tag not in images.tags()
    assert images.prune(images.tags()) == ()
