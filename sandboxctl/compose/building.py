"""`build` → a folder with one of the den's runtimes, where what is in the folder tells which."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from sandboxctl.blueprint import lockfile, requirements, scripts
from sandboxctl.blueprint.patterns import PYTHON, VARIABLE
from sandboxctl.compose import copies, raw
from sandboxctl.compose.dockerfile import Stage
from sandboxctl.compose.dockerfile import read as read_dockerfile
from sandboxctl.compose.draft import Part
from sandboxctl.compose.known import repository
from sandboxctl.compose.raw import Raw
from sandboxctl.errors import BlueprintError

_REMOTE = re.compile(r"^(https?|git|ssh)://|^git@|\.git(#|$)|^github\.com/")
_WAYS = "give a folder as `source` with a `runtime` (python, node, static), or an `image`"
_RUNTIMES = ("python", "node")
_SERVERS = frozenset(["nginx", "httpd", "caddy", "nginxinc/nginx-unprivileged"])
_TOOLS = frozenset(["nodemon", "ts-node-dev", "supervisor", "pm2-runtime"])


@dataclass(frozen=True, slots=True)
class _Folder:
    """What is built: ``name`` from the Compose file's folder, ``stage`` of its Dockerfile."""

    path: Path
    name: str
    stage: Stage | None


def settle(part: Part) -> None:
    """The part's `source` and `runtime`, or a question."""
    build = part.given.get("build")
    long: dict[str, Raw] = build if isinstance(build, dict) else {"context": build}
    context = part.draft.settled(long.get("context")) or "."
    if _REMOTE.search(context):
        _unanswered(part, f"{context} is fetched from elsewhere; copy it here: {_WAYS}")
        return
    try:
        path = part.nearby.path(context)
        if not path.is_dir():
            raise ValueError("is not a folder")
    except ValueError as error:
        _unanswered(part, f"the folder {context} {error}; {_WAYS}")
        return
    folder = _Folder(path, part.nearby.name(context), _stage(part, long, context))
    runtime = _runtime(folder)
    if runtime is None:
        _unanswered(part, _cannot(folder))
        return
    _source(part, folder, runtime)


def _stage(part: Part, build: dict[str, Raw], context: str) -> Stage | None:
    arguments = {k: part.draft.settled(v) for k, v in raw.mapping(build.get("args")).items()}
    target = part.draft.settled(build.get("target"))
    inline = raw.text(build.get("dockerfile_inline"))
    name = part.draft.settled(build.get("dockerfile")) or "Dockerfile"
    try:
        text = inline or part.nearby.beside(part.nearby.name(context)).read(name)
    except ValueError:
        return None
    return read_dockerfile(text, arguments, target)


def _cannot(folder: _Folder) -> str:
    if folder.stage is None:
        return f"it is built from {folder.name}, and nothing there says how it runs; {_WAYS}"
    base = folder.stage.bases[0] or "nothing"
    return (
        f"it is built from {folder.name} on {base} with {folder.stage.runs} commands; nothing of a "
        f"supplier's runs while an image is made, so {_WAYS}: build it yourself and name the "
        "image, or name the folder of what was built"
    )


def _runtime(folder: _Folder) -> str | None:
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


_MARKS = ("requirements.txt", "package.json", "index.html")


def _can_run(folder: _Folder, runtime: str) -> bool:
    return runtime == "python" or (folder.path / "package.json").is_file()


def _source(part: Part, folder: _Folder, runtime: str) -> None:
    if not copies.folder(part, folder.path, part.name, _ignored(part, folder)):
        _unanswered(part, f"nothing of {folder.name} can be taken along; {_WAYS}")
        return
    made = part.made
    made["source"], made["runtime"] = f"./{part.name}", runtime
    part.draft.tops.setdefault("folders", {})[part.name] = folder.name
    _say(part, folder, runtime)
    if stage := folder.stage:
        own = {
            k: v for k, v in stage.variables.items() if re.fullmatch(VARIABLE, k) and k != "PATH"
        }
        part.image_variables = own
        if stage.ports and not made.get("expose"):
            made["expose"] = [port for port in dict.fromkeys(stage.ports) if 0 < port < 65_536][:20]
    match runtime:
        case "python":
            _python(part, folder)
        case "node":
            _node(part, folder)
        case _:
            made.pop("expose", None)


def _ignored(part: Part, folder: _Folder) -> list[str]:
    try:
        return copies.ignored(part.nearby.beside(folder.name).read(".dockerignore"))
    except ValueError:
        return []


def _say(part: Part, folder: _Folder, runtime: str) -> None:
    runs = folder.stage.runs if folder.stage else 0
    why = "an image is made by the den, and nothing of a supplier's runs meanwhile"
    if runs:
        why += f"; the {runs} `RUN` of its Dockerfile are lost, system packages with them"
    part.decide("replaced", "build", why, instead=f"source: ./{part.name}, runtime: {runtime}")


def _python(part: Part, folder: _Folder) -> None:
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


def _node(part: Part, folder: _Folder) -> None:
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


def _command(part: Part, folder: _Folder, known: object) -> None:
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
    if script and f"{part.name}/{script}" not in part.draft.copies:
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


def _unanswered(part: Part, why: str) -> None:
    image = part.draft.settled(part.given.get("image"))
    if image and not part.draft.unknown(part.given.get("image")):
        part.decide("replaced", "build", why, instead=f"image: {image}")
        return
    part.given = {**part.given, "image": None}
    part.ask("build", (), why)
