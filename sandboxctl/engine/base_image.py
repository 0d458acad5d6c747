"""What the base image starts from: Debian, from the first place that has it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sandboxctl.engine import registry
from sandboxctl.engine.registry import Note
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import ImageSettings

SUITE = "bookworm"
PUBLIC = f"debian:{SUITE}-slim"
REPOSITORY = "sandboxctl/debian"
OURS = f"{REPOSITORY}:{SUITE}"
_LOCAL = re.compile(r"(.*/)?debian:(12|bookworm)[^/]*")
_OFFICIAL = re.compile(r"(?<!\S)bookworm(-updates|-security|/updates)?(?!\S)")
EXCLUDED = ("man", "doc", "locale", "info")


def debian(api: APIClient, settings: ImageSettings, note: Note) -> str:
    """The name of a Debian image that is there now: local, a registry's, or made of packages.

    Raises EngineError saying what was tried.
    """
    with in_our_words("listing images"):
        names = [name for image in api.images() for name in image.get("RepoTags") or []]
    local: list[str] = [OURS] * (OURS in names) + sorted(
        name for name in names if _LOCAL.fullmatch(name)
    )
    if local:
        return local[0]
    found, why = registry.obtain(api, PUBLIC, settings.registry, note)
    if found:
        return found
    if not settings.packages:
        raise EngineError(
            "; ".join(why),
            hint="Allow images.packages, or set images.registry to a mirror: `sandboxctl den`.",
        )
    try:
        bootstrap(api, note)
    except EngineError as problem:
        raise EngineError("; ".join([*why, str(problem)]), hint=problem.hint) from problem
    return OURS


def sources(folder: Path = Path("/etc/apt")) -> list[Path]:
    """This host's own package sources, if they are Debian's: its mirror is likely the near one.

    Those with a key of their own are somebody else's; one with a password in it would end up in
    images that suppliers can read.
    """
    paths = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    return [path for path in paths if path.suffix in (".list", ".sources") and _is_debian(path)]


def _is_debian(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    keys = re.findall(r"signed-by[=:]\s*(\S+)", lines, re.IGNORECASE)
    official = all("debian-archive-" in key for key in keys)
    return bool(_OFFICIAL.search(lines)) and official and not re.search(r"://[^/\s]*@", lines)


def bootstrap(api: APIClient, note: Note) -> None:
    """Make OURS of the distribution's packages. Raises EngineError where that cannot be done."""
    if not sys.platform.startswith("linux"):
        raise EngineError("Debian cannot be made of packages on this system", hint=_by_hand())
    if not shutil.which("mmdebstrap"):
        raise EngineError(
            "mmdebstrap is not installed", hint=f"`apt-get install mmdebstrap`, or {_by_hand()}"
        )
    note("making Debian from its packages: about half a minute, once")
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(_command(), stdout=subprocess.PIPE, stderr=errors)
        try:
            image = _imported(api, process)
        finally:
            process.kill()
            code = process.wait()
        errors.seek(0)
        last = errors.read().decode(errors="replace").strip().splitlines()[-3:]
    _keep(api, image, code, last)


def _imported(api: APIClient, process: subprocess.Popen[bytes]) -> str:
    """The id of the image; the pipe ends when mmdebstrap does."""
    with in_our_words("importing Debian"):
        answer = api.import_image(
            src=process.stdout, stream_src=True, changes=['LABEL "org.sandboxctl.image"="debian"']
        )
        process.wait()
    found = re.search(r"sha256:[0-9a-f]{64}", str(answer))
    return found[0] if found else ""


def _keep(api: APIClient, image: str, code: int, last: list[str]) -> None:
    """Name it, only if mmdebstrap finished: half a Debian can be imported too."""
    with in_our_words("importing Debian"):
        if code == 0 and image:
            api.tag(image, REPOSITORY, SUITE)
            return
        if image:
            api.remove_image(image, force=True)
    raise EngineError(
        f"mmdebstrap failed: {' / '.join(last) or f'exit {code}'}",
        hint=f"Does `apt-get update` work on this machine? Else {_by_hand()}",
    )


def _command() -> list[str]:
    left_out = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in EXCLUDED]
    return [
        "mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates",
        *left_out, "--dpkgopt=force-unsafe-io", '--aptopt=Acquire::Languages "none"',
        SUITE, "-", *map(str, sources()),
    ]  # fmt: skip


def _by_hand() -> str:
    return f"`docker pull {PUBLIC}` on the engine, or a mirror in images.registry."
