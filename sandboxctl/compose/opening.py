"""What a team sees first: the likeliest of the services that answer a browser."""

from __future__ import annotations

import re

from sandboxctl.compose import ports
from sandboxctl.compose.draft import Draft, Part
from sandboxctl.compose.known import WEB, repository
from sandboxctl.compose.report import Decision

_FRONT = re.compile(
    r"(^|[-_])(web|www|front(end)?|ui|site|client|nginx|gateway|proxy|portal|webapp)([-_]|$)", re.I
)
_MAIN = re.compile(r"(^|[-_])(app|server|main|dashboard|console)([-_]|$)", re.I)
_BACK = re.compile(r"(^|[-_])(api|backend|worker|db|admin|metrics|exporter|docs?)([-_]|$)", re.I)
_AIDES = frozenset(
    ["adminer", "phpmyadmin", "dpage/pgadmin4", "mailhog/mailhog", "axllent/mailpit",
     "mongo-express", "prom/prometheus", "portainer/portainer-ce", "traefik",
     "rediscommander/redis-commander", "containrrr/watchtower", "maildev/maildev",
     "jwilder/nginx-proxy"]
)  # fmt: skip


def settle(draft: Draft, parts: list[Part], project: str) -> None:
    """`opens`, an address for others that people were meant to reach, and how it shows ready."""
    answering = [part for part in parts if ports.web(part)]
    if not answering:
        _without_web(draft, parts)
        return
    first = max(answering, key=lambda part: _likely(part, project))
    port = ports.web(first)
    exposed = first.made.get("expose")
    main = exposed[0] if isinstance(exposed, list) and exposed else port
    draft.document["opens"] = (
        first.name if main == port else {"/": {"service": first.name, "port": port}}
    )
    others = [part for part in answering if part is not first and ports.published(part)]
    for part in others:
        part.made["public"] = True
        why = "its port was published, so it has an address of its own"
        part.decide("added", "ports", why, instead=f"public: true ({part.name}--<sandbox>)")
    if "healthcheck" not in first.made and first.made.get("runtime") != "static":
        first.made["healthcheck"] = {"tcp": port, "start_period": "120s"}
    one_of = f", of {', '.join(part.old for part in answering)}" if len(answering) > 1 else ""
    _decide(
        draft, f"`{first.old}` is the likeliest{one_of}; change it if it is another", first.name
    )


def _likely(part: Part, project: str) -> tuple[int, int]:
    """How much speaks for it; of two, the one that stands first."""
    image = repository(str(part.made.get("image", "")))
    points = 4 * ports.published(part) + 2 * (ports.web(part) in WEB)
    points += 3 * bool(_FRONT.search(part.old)) + 2 * bool(_MAIN.search(part.old))
    points += 2 * (part.old.lower() == project.lower()) + ("source" in part.made)
    points -= 3 * bool(_BACK.search(part.old)) + 6 * (image in _AIDES)
    return points, -list(part.draft.names).index(part.old)


def _without_web(draft: Draft, parts: list[Part]) -> None:
    """Whatever listens at least; a question if nothing does."""
    listening = [part for part in parts if part.made.get("expose") or part.made.get("template")]
    if not listening:
        _ask(draft, parts[0])
        return
    first = min(listening, key=lambda part: "template" in part.made)
    draft.document["opens"] = first.name
    why = f"nothing here is known to answer a browser; `{first.old}` listens at least"
    _decide(draft, why, first.name)


def _ask(draft: Draft, part: Part) -> None:
    """No service says on which port a browser is answered."""
    draft.document["opens"] = part.name
    why = (
        f"no service says on which port it answers a browser: name one here, and give it "
        f"`expose: [8000]` (`{part.old}` is the first of them)"
    )
    draft.report.decisions.append(
        Decision("to be answered", "", "ports", "", "", why, None, ("opens",))
    )
    draft.comments.setdefault(("opens",), []).append(f"to be answered: {why}")
    if part.made.get("public"):
        part.made.pop("public")


def _decide(draft: Draft, why: str, name: str) -> None:
    decision = Decision("added", "", "opens", "", f"opens: {name}", why, None, ("opens",))
    draft.report.decisions.append(decision)
