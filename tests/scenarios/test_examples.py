"""Every folder of examples/ comes up, and shows what its README says."""

from __future__ import annotations

import http.client
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress

import docker
import pytest

from sandboxctl.engine.docker import DockerEngine
from tests import dens
from tests.conftest import Cli
from tests.scenarios.conftest import ROOT, brought_up
from tests.visitor import Visitor

pytestmark = pytest.mark.engine

EXAMPLES = ROOT / "examples"
TRIED = {
    "01-static-page",
    "02-web-and-database",
    "03-image-from-a-registry",
    "04-people-and-mistakes",
    "05-a-dockerfile",
}

HELLO = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        text = f"{os.environ['GREETING']} from {os.environ['ADDRESS']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Hello).serve_forever()
"""


def test_no_example_is_left_out() -> None:
    assert {path.name for path in EXAMPLES.iterdir() if path.is_dir()} == TRIED


def test_a_static_page(cli: Cli, docker_engine: DockerEngine) -> None:
    with brought_up(cli, docker_engine, EXAMPLES / "01-static-page", "pages") as visitor:
        first = visitor.get("/")
        assert first.status == 200
        links = re.findall(r'href="([^"#]+\.(?:html|css))"', first.body)
        assert links
        for link in links:
            assert visitor.get(f"/{link.lstrip('/')}").status == 200
        assert visitor.get("/nowhere").status == 404


def test_web_and_database(cli: Cli, docker_engine: DockerEngine) -> None:
    example = EXAMPLES / "02-web-and-database"
    with brought_up(cli, docker_engine, example, "register", "--set", "people=45") as visitor:
        assert len(listed(visitor)) == 45
        before = visitor.get("/").body
        cli("reset", "register")
        assert visitor.get("/").body == before, "the same seed, the same people"


def listed(visitor: Visitor) -> list[str]:
    """Everybody in the register, page by page."""
    found: list[str] = []
    page = visitor.get("/")
    while True:
        assert "Nobody here is real" in page.text
        found += re.findall(r"<li value=(\d+)>", page.body)
        more = re.search(r'href="([^"]+)">More', page.body)
        if not more:
            return found
        page = visitor.get(more[1])


def test_people_and_mistakes(cli: Cli, docker_engine: DockerEngine) -> None:
    example = EXAMPLES / "04-people-and-mistakes"
    with brought_up(cli, docker_engine, example, "twice", "--set", "people=1000") as visitor:
        page = visitor.get("/")
        score = {name: int(n) for name, n in re.findall(r"<dd id=(\w+)>(\d+)<", page.body)}
        assert score["found"] + score["missed"] == 50, "5 % of 1,000 rows are entered again"
        assert score["found"] > score["missed"] > 0, "a mistake in a surname hides some"
        assert len(re.findall("<li>", page.body)) == min(score["missed"], 20)
        argv = ["psql", "-qAt", "-U", "register", "-c", "select count(distinct person) from steps"]
        assert docker_engine.run("twice", "db", argv).output.strip() == b"1050"
        cli("reset", "twice")
        assert visitor.get("/").body == page.body, "the same seed, the same mistakes"


def test_a_dockerfile(cli: Cli, docker_engine: DockerEngine) -> None:
    with brought_up(cli, docker_engine, EXAMPLES / "05-a-dockerfile", "fromdockerfile") as visitor:
        assert "Nobody here is real" in visitor.get("/").text
        service = docker_engine.run("fromdockerfile", "web", ["id", "-u"])
        assert service.output.strip() == b"10001"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry of our own on loopback, as Debian packs it."""
    folder, port = tmp_path_factory.mktemp("registry"), dens.free_port()
    (folder / "config.yml").write_text(
        f"version: 0.1\nhttp: {{addr: '127.0.0.1:{port}'}}\n"
        f"storage: {{filesystem: {{rootdirectory: {folder}/data}}, delete: {{enabled: true}}}}\n"
    )
    command = ["docker-registry", "serve", str(folder / "config.yml")]
    with (folder / "log").open("w") as log, subprocess.Popen(command, stderr=log, stdout=log) as it:
        dens.until(lambda: _answers(port), what="docker-registry answers")
        yield f"localhost:{port}"
        it.terminate()


def _answers(port: int) -> bool:
    with suppress(OSError):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/v2/")
        status = connection.getresponse().status
        connection.close()
        return status == 200
    return False


@pytest.fixture(scope="module")
def pushed(registry: str, docker_engine: DockerEngine, api: docker.APIClient) -> Iterator[str]:
    """``<registry>/hello:1`` is in the registry, and not on the engine."""
    docker_engine.enter(lambda _: None)
    tags = docker_engine.images.tags()
    python = next(tag for tag in tags if tag.startswith("sandboxctl/gateway:"))
    made = api.create_container(python, entrypoint=["python3", "-c"], command=[HELLO])["Id"]
    api.commit(made, f"{registry}/hello", tag="1")
    api.remove_container(made)
    said = api.push(f"{registry}/hello", tag="1")
    assert "digest: sha256:" in said, said
    api.remove_image(f"{registry}/hello:1", force=True)
    yield f"{registry}/hello:1"
    with suppress(docker.errors.ImageNotFound):
        api.remove_image(f"{registry}/hello:1", force=True)


def test_an_image_from_a_registry(
    cli: Cli, docker_engine: DockerEngine, registry: str, pushed: str
) -> None:
    assert pushed not in docker_engine.images.tags()
    options = ["--set", f"registry={registry}", "--set", "greeting=Good morning"]
    example = EXAMPLES / "03-image-from-a-registry"
    with brought_up(
        cli, docker_engine, example, "hello", *options, "--set", "port=8123"
    ) as visitor:
        assert pushed in docker_engine.images.tags()
        assert visitor.get("/").body == f"Good morning from {docker_engine.den.url('hello')}"
        cli("up", str(example), "--name", "hello", *options[:2], "--set", "greeting=Good night")
        assert visitor.get("/").body.startswith("Good night from")


def test_an_image_that_the_registry_does_not_have(cli: Cli, registry: str, sandbox: str) -> None:
    example = EXAMPLES / "03-image-from-a-registry"
    words = ["up", str(example), "--name", sandbox, "--set", f"registry={registry}/none"]
    failed = cli(*words, "--plain", code=4)
    assert f"{registry}/none/hello:1" in failed.stderr
    cli("down", sandbox)
