"""`environment` and `env_file`: the variables of a service, secrets apart."""

from __future__ import annotations

import re

from sandboxctl.blueprint import egress_hosts, sockets
from sandboxctl.blueprint.patterns import VARIABLE
from sandboxctl.compose import dotenv, raw
from sandboxctl.compose.draft import Part
from sandboxctl.compose.interpolation import STAND_IN
from sandboxctl.compose.merging import pairs
from sandboxctl.compose.raw import Raw

EXAMPLES = (".env.example", ".env.sample", ".env.dist", ".env.template", "env.example",
            "example.env", "sample.env", "stack.env", ".env.defaults")  # fmt: skip
"""What a project keeps in its repository in place of the file that it does not."""

_ENDS = (".example", ".sample", ".dist", ".template", "-example", ".default")

_LOCAL = re.compile(r"\b(?:localhost|127\.0\.0\.1|host\.docker\.internal)(?::([0-9]{2,5}))?\b")
_LONGEST = 4_000
"""Characters of a value in which addresses are looked for."""
_OUTSIDE = re.compile(r"(https?)://((?:[a-z0-9-]+\.)+[a-z]{2,})(?=[:/\s]|$)", re.IGNORECASE)


def gathered(part: Part) -> dict[str, str]:
    """Every variable of one service: files first, what it names itself over them."""
    found: dict[str, str] = {}
    for item in raw.listed(part.given.get("env_file")):
        found |= _of_file(part, item)
    own = pairs(part.given.get("environment"))
    for name, value in raw.mapping(own).items():
        found[name] = part.draft.variables.of(name) if value is None else raw.text(value)
    return {name: text for name, text in found.items() if _takes(part, name, text)}


def _takes(part: Part, name: str, text: str) -> bool:
    why = ""
    if not re.fullmatch(VARIABLE, name):
        why = "a variable's name is letters, digits and `_` here; give it in a file or as an option"
    elif sockets.named(text):
        why = sockets.WHY
    if why:
        part.decide("left out", "environment", why, found=name)
    return not why


def _of_file(part: Part, item: Raw) -> dict[str, str]:
    """One file of variables, or the example that a project keeps in its place."""
    name = raw.text(raw.mapping(item).get("path")) if isinstance(item, dict) else raw.text(item)
    name = part.draft.settled(name)
    missing = ""
    others = [f"{name}{end}" for end in _ENDS] + [f"{_folder(name)}{e}" for e in EXAMPLES]
    for path, instead in ((name, ""), *((other, other) for other in others)):
        try:
            values = dotenv.read(part.nearby.read(path))
        except ValueError as error:
            missing = missing or str(error)
            continue
        said = f"its {len(values)} variables are in `environment`"
        why = f"{missing}, so {instead} was read" if instead else "a blueprint reads no such files"
        part.decide("replaced", "env_file", why, instead=said, found=name)
        part.draft.ignored.add(part.nearby.name(path))
        settled = part.draft.variables
        return {
            key: settled.of(key) if text is None else settled.text(text)
            for key, text in values.items()
        }
    part.decide("left out", "env_file", f"{missing}; the variables in it are missing", found=name)
    part.remark(f"`{name}` {missing}: add the variables that were in it")
    return {}


def _folder(name: str) -> str:
    return f"{name.rpartition('/')[0]}/" if "/" in name else ""


def settle(part: Part, found: dict[str, str]) -> None:
    """The part's `environment`: secrets as stand-ins, names of hosts as they are here."""
    done: dict[str, object] = {}
    for name, text in found.items():
        plain = name.removesuffix("_FILE")
        secret = _of_secret_file(part, plain, text) if plain != name else None
        if secret:
            done[plain] = secret
            why = "a secret is a variable here, not a file"
            part.decide("replaced", "environment", why, instead=plain, found=name)
            continue
        whole = part.draft.credentials.whole(part.name, name, text)
        done[name] = whole or part.draft.credentials.within(
            part.draft.hosts.in_variable(name, text)
        )
        if not whole:
            _notice(part, name, text)
    if done:
        part.made["environment"] = done


def _of_secret_file(part: Part, plain: str, text: str) -> str | None:
    """`/run/secrets/x` → the stand-in for that secret."""
    name = re.fullmatch(r"/run/secrets/([\w.-]+)", text)
    if not name:
        return None
    credential = part.draft.secrets.get(name[1])
    if credential is None:
        credential = part.draft.credentials.named(name[1], None)
    part.used.add(name[1])
    credential.uses.add((part.name, plain))
    return part.draft.credentials.stand_in(credential)


def _notice(part: Part, name: str, text: str) -> None:
    """What a value says about where the service runs, and is not so here."""
    found = _LOCAL.search(text[:_LONGEST])
    if found and (found[1] or "docker" in found[0]):
        why = (
            f"{found[0]} is the service itself here; for a browser use {{{{ sandbox.url }}}}, "
            "for another service its name"
        )
        part.decide("kept", "environment", why, found=f"{name}={text}")
    for scheme, host in dict.fromkeys(_OUTSIDE.findall(STAND_IN.sub("", text[:_LONGEST]))):
        _outside(part, scheme.lower(), host.lower(), f"{name}={text}")


def _outside(part: Part, scheme: str, host: str, found: str) -> None:
    """A host beyond the sandbox, with the entry that would ask for a way to it."""
    if host.endswith((".example", ".example.com", ".localhost")):
        return
    grant = f"egress:{host}:80" if scheme == "http" else f"egress:{host}"
    why = f"{host} is outside, and a sandbox has no way out"
    if refused := egress_hosts.refused(grant.removeprefix("egress:")):
        why += f"; none is ever granted to it: {refused}"
    else:
        entry = f"{{service: {part.name}, grant: {grant}, reason: why it cannot do without}}"
        why += f"; if it cannot do without, add `exceptions: [{entry}]`: docs/egress.md"
    part.decide("kept", "environment", why, found=found)
