"""As whom an image's service runs: a number, and never root."""

from __future__ import annotations

import base64
import io
import json
import tarfile
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from docker.errors import NotFound

from sandboxctl.engine.unstarted import unstarted

if TYPE_CHECKING:
    from docker import APIClient

NOBODY = "10001:10001"
LIMIT = 1024 * 1024
"""Bytes read of an image's passwd: it is an unknown supplier's file."""


def of(api: APIClient, image: dict[str, Any]) -> str:
    """``uid:gid`` as Docker would choose them for the image's USER; NOBODY where that is root.

    ``image``  what the engine says about it.
    """
    user, _, group = str(image["Config"].get("User") or "").partition(":")
    if user in ("", "0", "root") or (user.isdecimal() and int(user) == 0):
        return NOBODY
    if user.isdecimal() and group.isdecimal():
        return f"{int(user)}:{int(group)}"
    passwd, groups = _files(api, str(image["Id"]))
    uid, gid = _looked_up(user, passwd)
    if group:
        gid = group if group.isdecimal() else _column(groups, group, 2)
    return f"{uid}:{gid or 0}" if uid and int(uid) else NOBODY


def _looked_up(user: str, passwd: str) -> tuple[str, str]:
    """Uid and primary gid, as numbers in text; "" where the image does not know."""
    for line in passwd.splitlines():
        fields = line.split(":")
        if len(fields) > 3 and user in (fields[0], fields[2]) and fields[2].isdecimal():
            return fields[2], fields[3] if fields[3].isdecimal() else ""
    return (user, "") if user.isdecimal() else ("", "")


def _column(text: str, name: str, column: int) -> str:
    rows = (line.split(":") for line in text.splitlines())
    found = next((row[column] for row in rows if len(row) > column and row[0] == name), "")
    return found if found.isdecimal() else ""


def folders(api: APIClient, image: str, paths: Collection[str]) -> frozenset[str]:
    """Those of ``paths`` that are folders in an image."""
    if not paths:
        return frozenset()
    with unstarted(api, image, "look") as container:
        return frozenset(path for path in paths if _is_folder(api, container, path))


def _is_folder(api: APIClient, container: str, path: str) -> bool:
    """The engine answers with Go's file mode, whose highest bit is for folders."""
    url = f"{api.base_url}/v{api.api_version}/containers/{container}/archive"
    answer = api.head(url, params={"path": path})
    if not answer.ok:
        return False
    stat = json.loads(base64.b64decode(answer.headers["X-Docker-Container-Path-Stat"]))
    return bool(stat["mode"] & 1 << 31)


def _files(api: APIClient, image: str) -> tuple[str, str]:
    """/etc/passwd and /etc/group."""
    with unstarted(api, image, "look") as container:
        return _read(api, container, "/etc/passwd"), _read(api, container, "/etc/group")


def _read(api: APIClient, container: str, path: str) -> str:
    try:
        stream, _ = api.get_archive(container, path)
    except NotFound:
        return ""
    content = bytearray()
    for part in stream:
        content += part
        if len(content) > LIMIT:
            break
    try:
        with tarfile.open(fileobj=io.BytesIO(bytes(content)), mode="r|") as tar:
            entry = tar.next()
            file = tar.extractfile(entry) if entry and entry.isfile() else None
            return file.read().decode(errors="replace") if file else ""
    except (tarfile.TarError, OSError):
        return ""
