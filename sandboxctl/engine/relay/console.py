"""Where the den's console is, while one says so, and the secret that it shares with the gateway.

``console.map``  one line: ``console`` → ``<until>|<the secret in base64>|<url>``. One, so that a
visitor never gets a ticket by one console's secret to the address of another.
"""

from __future__ import annotations

import binascii
import json
import os
import re
import time
from pathlib import Path
from typing import Any

from . import store
from .refused import Refused

LEASE = 60
"""Seconds for which visitors are led to a console after it has said where it is."""
PART = "console"
_URL = re.compile(r"https?://[a-z0-9.:\[\]-]{1,253}(/[A-Za-z0-9._~-]+)*")


def claim(folder: Path, url: str) -> dict[str, Any]:
    """Writes where the console is, for so long; empty: nowhere any more.

    ``secret``  text that the gateway makes tickets with. It stays while somebody renews it."""
    at, now = url.rstrip("/"), int(time.time())
    if at and not _URL.fullmatch(at):
        raise Refused(f"{url!r} cannot be the address of a console")
    with store.alone(folder / "locks" / ".state"):
        whole = store.stored(folder)
        before = store.as_object(whole.pop(PART, None))
        lasts = bool(before) and int(before["until"]) > now
        secret = str(before["secret"]) if lasts else os.urandom(32).hex()
        if at:
            whole[PART] = {"url": at, "secret": secret, "until": now + LEASE}
        if at or before:
            store.write(folder / "den.json", json.dumps(whole, indent=1, sort_keys=True))
    return {"secret": secret if at else ""}


def told(folder: Path) -> dict[str, str]:
    """What HAProxy has to know of it."""
    known = store.as_object(store.stored(folder).get(PART))
    if not known:
        return {}
    # HAProxy takes keys in base64 alone.
    secret = binascii.b2a_base64(str(known["secret"]).encode(), newline=False).decode()
    return {PART: f"{known['until']}|{secret}|{known['url']}"}
