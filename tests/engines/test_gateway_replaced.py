"""A gateway that takes the place of another, on a real engine, with people in the middle of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import docker
import pytest

from sandboxctl.engine import door, gateway, line, replacing
from sandboxctl.engine.door_container import KIND
from sandboxctl.errors import EngineError
from sandboxctl.sandbox.den import Den
from tests.engines import gateway_rig
from tests.engines.gateway_rig import Rig
from tests.engines.impatient import Impatient

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def another() -> Iterator[list[str]]:
    """Names of the gateway's image; each is another version, as far as a den can tell."""
    with contextlib.closing(gateway_rig.client()) as api:
        image = gateway_rig.image(api)
        names = [f"sandboxctl/gateway:version-{n}" for n in "ab"]
        for name in names:
            repository, tag = name.rsplit(":", 1)
            api.tag(image, repository, tag)
        yield [*names, image]
        for name in names:
            api.remove_image(name)


@pytest.fixture(scope="module")
def den() -> Iterator[Rig]:
    """Sandbox a is 0-web, and its next generation 1-web."""
    with gateway_rig.rig() as rig:
        rig.let_in("a")
        rig.generation(0, "web")
        rig.generation(1, "web")
        point(rig, 0)
        yield rig


def point(den: Rig, number: int, over: line.Line | None = None) -> None:
    place = f"{list(den.den.range.subnets(new_prefix=28))[number][3]}:8000"
    target = f"a/{number}"
    hosts, routes = {den.den.host("a"): target}, {f"{target}/": place}
    (over or den.line).ask("routes", sandbox="a", hosts=hosts, routes=routes)


def replaced(den: Rig, image: str, settings: Den | None = None) -> list[str]:
    """What was said of it; the rig's own line is another one afterwards."""
    said: list[str] = []
    den.line.close()
    replacing.replace(den.api, settings or den.den, image, said.append)
    den.line = gateway.connect(den.api, settings or den.den)
    return said


def tidied(den: Rig) -> None:
    replacing.tidy(den.api, den.den, gateway.install(den.api, den.den) or "", den.line)


def standing(den: Rig) -> list[str]:
    """Gateways and doors there are, without the den's name."""
    found = gateway.all_of(den.api, den.den, gateway.install(den.api, den.den) or "")
    return sorted(one["Names"][0].removeprefix(f"/{den.den.name}-") for one in found)


ONE_OF_EACH = ["door", "gateway"]


def test_teams_do_not_notice_that_another_gateway_took_its_place(
    den: Rig, another: list[str]
) -> None:
    before = den.api.inspect_container(gateway.name(den.den))["Id"]
    stood = den.api.inspect_container(door.name(den.den))["Id"]
    with (
        den.upgraded(den.host("a")) as socket,
        Impatient(lambda: den.get(den.host("a")).status) as visitor,
    ):
        said = replaced(den, another[0])
        assert said == ["putting another gateway in the place of the one that runs"]
        assert socket.recv(10) == b"", "what was open is cut once"
    assert visitor.seen
    assert visitor.interrupted < 1, visitor.refused
    now = den.api.inspect_container(gateway.name(den.den))
    assert now["Id"] != before
    assert den.api.inspect_container(door.name(den.den))["Id"] == stood
    found = gateway.find(den.api, den.den, another[0])
    assert found is not None
    assert (found.runs, found.current) == (True, True)
    tidied(den)
    assert standing(den) == ONE_OF_EACH
    assert replaced(den, another[0]) == [], "it is the one that is wanted"


def test_who_was_under_way_goes_on_over_the_old_one(den: Rig, another: list[str]) -> None:
    other = gateway.connect(den.api, den.den)
    with contextlib.closing(other):
        assert other.ask("lock", name="a", wait_seconds=0, who="the other")["locked"]
        replaced(den, another[1])
        tidied(den)
        assert len(standing(den)) == 3, "the old one stays while it holds a lock of somebody's"
        assert den.line.ask("lock", name="a", wait_seconds=0, who="me") == {
            "locked": False,
            "holder": "the other",
        }
        point(den, 1, over=other)
        assert den.get(den.host("a")).seen["name"] == "1-web", "a switch reaches both"
        page = other.ask("fetch", host=den.den.host("a"), cookie=den.cookie("a"))
        assert (page["status"], page["target"]) == (200, "a/1")
        other.ask("record", sandbox="b", record={"live": 1})
        with den.upgraded(den.host("a")) as socket:
            address = str(list(den.den.range.subnets(new_prefix=28))[1][3])
            drained = other.ask("drain", addresses=[address], grace=0.1)
            assert (drained["open"], drained["closed"]) == (1, 1)
            assert socket.recv(10) == b""
        other.ask("unlock", name="a")
    assert den.line.ask("read")["state"]["b"] == {"live": 1}
    den.line.ask("record", sandbox="b", record=None)
    tidied(den)
    assert standing(den) == ONE_OF_EACH
    point(den, 0)
    assert den.get(den.host("a")).seen["name"] == "0-web"


def test_a_gateway_that_was_killed_is_back_with_its_routes(den: Rig) -> None:
    image = den.api.inspect_container(gateway.name(den.den))["Config"]["Image"]
    for kind in ("gateway", KIND):
        den.line.close()
        den.api.kill(f"{den.den.name}-{kind}")
        found = gateway.find(den.api, den.den, image)
        assert found is not None
        assert not found.runs
        now = gateway.ensure(den.api, den.den, image, den.subnet, lambda _: None)
        assert (now.runs, now.current) == (True, True)
        assert now.door is not None
        if kind == KIND:
            assert now.door.legs == {f"{den.den.name}-edge"}, "it is a new one"
            attached(den)
        den.line = gateway.connect(den.api, den.den)
        assert den.line.ask("hello")["in_step"]
        assert den.get(den.host("a")).seen["name"] == "0-web"
    tidied(den)
    assert standing(den) == ONE_OF_EACH


def attached(den: Rig) -> None:
    subnets = list(den.den.range.subnets(new_prefix=28))
    for title, network in den.networks.items():
        gateway.attach(den.api, den.den, network, str(subnets[int(title.rpartition("-")[2])][2]))


@pytest.mark.parametrize("change", ["port", "ports"])
def test_other_ports_are_published_at_once(den: Rig, change: str) -> None:
    """Another port: beside the old door. One more from the same on: after it."""
    image = den.api.inspect_container(gateway.name(den.den))["Config"]["Image"]
    old = den.den
    more = {"ports": 2} if change == "ports" else {"port": gateway_rig.free_port()}
    new = old.model_copy(update={"gateway": old.gateway.model_copy(update=more)})
    said = replaced(den, image, new)
    assert any("lets go of its ports" in one for one in said) == (change == "ports")
    attached(den)
    den.den = new
    tidied(den)
    assert standing(den) == ONE_OF_EACH
    assert den.get(den.host("a")).seen["name"] == "0-web"
    if change == "ports":
        den.line.ask("routes", sandbox="a", hosts={":8082": "a/0"}, routes={})
        assert den.get("192.0.2.1", slot=2, who="a").status == 503
        point(den, 0)


class Cut(docker.APIClient):
    """Breaks off before its change number ``at``; from there on nothing is heard of it."""

    at, count = -1, 0

    def request(self, method: str, *args: Any, **options: Any) -> Any:  # type: ignore[override]
        if self.at >= 0 and method.upper() != "GET":
            self.count += 1
            if self.count > self.at:
                raise Killed
        return super().request(method, *args, **options)


class Killed(BaseException):
    """As SIGKILL would end it: no handler of ours takes it for an error."""


def changed(den: Rig, step: str, another: list[str]) -> tuple[Den, str]:
    """Settings and an image that make another gateway, or another door as well, necessary."""
    image = den.api.inspect_container(gateway.name(den.den))["Config"]["Image"]
    gate: Mapping[str, Any] = {}
    if step == "beside":
        image = another[1] if image == another[0] else another[0]
    elif step == "port":
        gate = {"port": gateway_rig.free_port()}
    else:
        gate = {"ports": 1 if den.den.gateway.ports == 0 else 0}
    return den.den.model_copy(update={"gateway": den.den.gateway.model_copy(update=gate)}), image


@pytest.mark.parametrize("step", ["beside", "port", "ports"])
def test_whoever_ends_halfway_leaves_something_the_next_one_finishes(
    den: Rig, step: str, another: list[str]
) -> None:
    cuts = 0
    for at in range(60):
        settings, image = changed(den, step, another)
        with contextlib.closing(Cut(version="auto", timeout=60)) as cut:
            cut.at = at
            try:
                replacing.replace(cut, settings, image, lambda _: None)
            except Killed:
                cuts += 1
            finally:
                cut.at = -1
        finished(den, settings, image)
        if cuts <= at:
            break
    assert cuts > 5
    assert at == cuts, "it was walked to its end"


def finished(den: Rig, settings: Den, image: str) -> None:
    """What `enter` does, and that everything is as it was wanted."""
    den.line.close()
    den.den = settings
    there = gateway.find(den.api, settings, image)
    if there is None or not there.runs:
        there = gateway.ensure(den.api, settings, image, den.subnet, lambda _: None)
    if not there.current:
        replacing.replace(den.api, settings, image, lambda _: None)
    den.line = gateway.connect(den.api, settings)
    tidied(den)
    attached(den)
    there = gateway.find(den.api, settings, image)
    assert there is not None
    assert (there.runs, there.current) == (True, True)
    assert standing(den) == ONE_OF_EACH
    assert den.line.ask("hello")["in_step"]
    assert den.get(den.host("a")).seen["name"] == "0-web"


def test_one_that_does_not_start_leaves_the_old_one_be(den: Rig) -> None:
    before = den.api.inspect_container(gateway.name(den.den))["Id"]
    image = den.api.inspect_container(before)["Config"]["Image"]
    broken = den.api.create_container(image, entrypoint=["false"])
    den.api.commit(broken["Id"], "sandboxctl/gateway", "broken")
    den.api.remove_container(broken["Id"])
    try:
        with pytest.raises(EngineError, match="the one that runs stays"):
            replacing.replace(den.api, den.den, "sandboxctl/gateway:broken", lambda _: None)
    finally:
        den.api.remove_image("sandboxctl/gateway:broken")
    assert den.api.inspect_container(gateway.name(den.den))["Id"] == before
    assert standing(den) == ONE_OF_EACH
    assert den.get(den.host("a")).seen["name"] == "0-web"
