"""Coming into a den to change something: its gateway runs, leads to all there is, and is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandboxctl.blueprint import images as named
from sandboxctl.engine import gateway, publishing, replacing
from sandboxctl.engine.networks import overlapping_routes
from sandboxctl.sandbox import addresses

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.engine.decided import Decided
    from sandboxctl.engine.gateway import Gateway
    from sandboxctl.engine.images import Images
    from sandboxctl.engine.networks import Networks
    from sandboxctl.engine.protocol import Note
    from sandboxctl.sandbox.den import Den


def enter(
    api: APIClient, den: Den, images: Images, networks: Networks, decided: Decided, note: Note
) -> None:
    """Makes, starts or replaces the gateway where it is missing, dead, or another one than the
    den's settings and this version ask for. What somebody left halfway is finished."""
    base = named.base()
    image = named.of("images/gateway", base.tag)
    there = gateway.find(api, den, image.tag)
    newer = there is not None and there.relay > gateway.RELAY_VERSION  # the line says so
    anew = there is None or not (newer or (there.runs and there.current))
    if there is None or anew:
        for build in () if images.has(image.tag) else (base, image):
            images.build(build, note)
        overlapping_routes(api, den)
        there = _made(api, den, image.tag, there, networks, decided, note)
    line = decided.line()
    replacing.tidy(api, den, there.install, line)
    networks.attach_all(there.door.legs if there.door else ())
    if anew:
        publishing.publish(line, den)


def _made(
    api: APIClient,
    den: Den,
    image: str,
    there: Gateway | None,
    networks: Networks,
    decided: Decided,
    note: Note,
) -> Gateway:
    """One that runs, of this version and with these settings; not yet on the networks of the
    sandboxes there are, where its door is a new one."""
    decided.hang_up()
    if there is None or not there.runs:
        subnet = addresses.free(den.range, networks.taken(), 1)
        there = gateway.ensure(api, den, image, subnet, note)
    if not there.current:
        replacing.replace(api, den, image, note)
    return gateway.find(api, den, image) or there
