"""A folder of code → `source` with a `runtime`: which one, and what runs in it."""

from __future__ import annotations

import json
import re
import shlex

from sandboxctl.blueprint import lockfile, requirements, scripts
from sandboxctl.blueprint.patterns import PYTHON, VARIABLE
from sandboxctl.compose.context import Context
from sandboxctl.compose.dockerfile import Stage
from sandboxctl.compose.draft import Part
from sandboxctl.compose.known import repository
from sandboxctl.errors import BlueprintError

_SERVERS = frozenset(["nginx", "httpd", "caddy"])
_TOOLS = frozenset(["nodemon", "ts-node-dev", "supervisor", "pm2-runtime"])
_MARKS = ("requirements.txt", "package.json", "index.html")


def runtime(folder: Context) -> str | None:
    """By what the Dockerfile starts from; without one, by what lies in the folder."""
    base = repository(folder.stage.bases[0]).rpartition("/")[2] if folder.stage else ""
    there = {name for name in _MARKS if (folder.path / name).is_file()}
    if base in _SERVERS:
        return "static" if "index.html" in there else None
    if base in ("python", "node") and _can_run(folder, base):
        return base
    if folder.stage:
        return None
    if "requirements.txt" in there:
        return "python"
    return "node" if "package.json" in there else "static" if "index.html" in there else None


def _can_run(folder: Context, runtime: str) -> bool:
    return runtime == "python" or (folder.path / "package.json").is_file()


def settle(part: Part, folder: Context, runtime: str) -> None:
    """The part's `source`, `runtime` and `command`; its files came along already."""
    made = part.made
    made["source"], made["runtime"] = f"./{part.place}", runtime
    part.draft.tops.setdefault("folders", {})[part.name] = folder.name
    _say(part, folder, runtime)
    if stage := folder.stage:
        own = {
            k: v for k, v in stage.variables.items() if re.fullmatch(VARIABLE, k) and k != "PATH"
        }
        part.image_variables = own
        if stage.ports and not made.get("expose"):
            made["expose"] = stage.listens
    match runtime:
        case "python":
            _python(part, folder)
        case "node":
            _node(part, folder)
        case _:
            made.pop("expose", None)


def _say(part: Part, folder: Context, runtime: str) -> None:
    why = "the den makes an image of the folder by itself"
    if part.flaw:
        why = f"the den does not take its Dockerfile as it is: {part.flaw}"
    if runs := folder.stage.runs if folder.stage else 0:
        why += f" The {runs} `RUN` of its Dockerfile are lost, system packages with them."
    part.decide("replaced", "build", why, instead=f"source: ./{part.place}, runtime: {runtime}")


def _python(part: Part, folder: Context) -> None:
    version = (
        re.match(r"3\.[0-9]+", folder.stage.bases[0].partition(":")[2]) if folder.stage else None
    )
    if version and re.fullmatch(PYTHON, version[0]) and version[0] != "3.11":
        part.made["python"] = version[0]
    file = folder.path / "requirements.txt"
    if file.is_file():
        for number, why in requirements.parse(file.read_text("utf-8", "replace")[:262_144])[1]:
            part.ask(
                "build", ("source",), f"requirements.txt:{number}: {why}", found="requirements.txt"
            )
    _command(part, folder, [])


def _node(part: Part, folder: Context) -> None:
    try:
        manifest = json.loads((folder.path / lockfile.MANIFEST).read_bytes())
        if lockfile.has_packages(folder.path):
            lockfile.reduced(folder.path)
    except (BlueprintError, ValueError, OSError, RecursionError) as error:
        for line in str(error).splitlines()[:5]:
            part.ask("build", ("source",), line, found=lockfile.MANIFEST)
        manifest = {}
    known = manifest.get("scripts") if isinstance(manifest, dict) else None
    _command(part, folder, known if isinstance(known, dict) else {})


def _command(part: Part, folder: Context, known: object) -> None:
    """What runs: Compose's command, else the Dockerfile's; npm's scripts are looked up."""
    stage = folder.stage or Stage("", ("",))
    own = part.words("command") or part.words("entrypoint")
    words = own or [*stage.entrypoint, *stage.command]
    if own and stage.entrypoint and not part.words("entrypoint"):
        words = [*stage.entrypoint, *own]
    if part.words("entrypoint") and part.words("command"):
        words = [*part.words("entrypoint"), *part.words("command")]
    words = _of_script(words, known)
    at = stage.folder.rstrip("/")
    words = [re.sub(rf"^{re.escape(at)}(?=/|$)", "/app", word) if at else word for word in words]
    if not words or words[0] in ("npm", "yarn", "pnpm", "npx"):
        shown = " ".join(words)
        why = f"`{shown}` needs npm, which is not in it" if words else "nothing says what it runs"
        part.ask("command", ("command",), f"{why}; give it a `command`", found=shown or None)
        return
    part.made["command"] = words
    script = scripts.script(words)
    if script and f"{part.place}/{script}" not in part.draft.copies:
        part.ask("command", ("command",), f"it runs {script}, which did not come along")


def _of_script(words: list[str], known: object) -> list[str]:
    """`npm start` → what package.json says that is, if it is node itself."""
    names = [word for word in words[1:] if word not in ("run", "--silent", "-s")]
    if words[:1] not in (["npm"], ["yarn"], ["pnpm"]) or not names or not isinstance(known, dict):
        return _node_itself(words) if words[:1] and words[0] in _TOOLS else words
    text = str(known.get(names[0], ""))
    try:
        found = shlex.split(text)
    except ValueError:
        return words
    if found[:1] and (found[0] == "node" or found[0] in _TOOLS) and not re.search(r"[&|;<>]", text):
        return found if found[0] == "node" else _node_itself(found)
    return words


def _node_itself(words: list[str]) -> list[str]:
    """What a tool that watches files would start; its own options are lost."""
    rest = words[1:]
    while rest and rest[0].startswith("-"):
        rest = rest[1:]
    return ["node", *rest]
