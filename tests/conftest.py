"""What tests share: a den of their own on a real engine, its command line, and small blueprints."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest
import yaml
from hypothesis import settings

from sandboxctl.engine.docker import DockerEngine
from sandboxctl.sandbox.den import Den
from tests import dens, prototypes
from tests.visitor import Visitor, key_of

# CI looks at the same examples each time, so that what fails there fails again; a desk at others.
settings.register_profile("ci", derandomize=True)
if "CI" in os.environ:
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def opened() -> Iterator[tuple[DockerEngine, docker.APIClient]]:
    """One den for each worker of a test run; afterwards nothing of it may be left."""
    with dens.or_without_daemon(ci="CI" in os.environ):
        engine, api = dens.opened()
    yield engine, api
    dens.closed(engine, api)


@pytest.fixture(scope="session")
def docker_engine(opened: tuple[DockerEngine, docker.APIClient]) -> DockerEngine:
    return opened[0]


@pytest.fixture(scope="session")
def api(opened: tuple[DockerEngine, docker.APIClient]) -> docker.APIClient:
    """The daemon itself, to look past the engine."""
    return opened[1]


@pytest.fixture
def sandbox() -> str:
    """A name that no other test has."""
    return f"s{secrets.token_hex(3)}"


Written = Callable[[prototypes.Document], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes a blueprint's folder; called again, it changes it."""
    return lambda document: prototypes.written(tmp_path / "blueprint", document)


@dataclass(frozen=True)
class Cli:
    """`sandboxctl` as a process, in the den of this test run."""

    environment: Mapping[str, str]

    def __call__(self, *words: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run to the end; ``code`` is the exit code it has to have, None any."""
        done = subprocess.run(
            [sys.executable, "-m", "sandboxctl", *words],
            env=dict(self.environment),
            text=True,
            capture_output=True,
            timeout=300,
            check=False,
        )
        shown = f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert code is None or done.returncode == code, shown
        return done

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Run beside the test, in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "sandboxctl", *words],
            env=dict(self.environment),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@pytest.fixture(scope="session")
def cli(docker_engine: DockerEngine, tmp_path_factory: pytest.TempPathFactory) -> Cli:
    home = tmp_path_factory.mktemp("home")
    write_settings(home, docker_engine.den)
    own = {"XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)}
    return Cli({**os.environ, **own, "SANDBOXCTL_DEN": docker_engine.den.name})


def write_settings(home: Path, den: Den) -> None:
    folder = home / "sandboxctl"
    folder.mkdir()
    chosen = den.model_dump(mode="json", exclude_unset=True, exclude={"name"})
    (folder / "den.yaml").write_text(yaml.safe_dump({den.name: chosen}))


@pytest.fixture
def visitor(docker_engine: DockerEngine) -> Callable[..., Visitor]:
    """Somebody at a sandbox: `visitor("demo")`."""
    return lambda sandbox, service=None: Visitor(
        docker_engine.den, sandbox, service, key_of(docker_engine, sandbox)
    )
