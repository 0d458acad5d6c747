"""A ticket from a sandbox's address to its team's page: the gateway gives it to who has the key.

``<seconds>/<random>/<mac>``: when it was given, what makes it another one each time, and the
HMAC-SHA256 in hexadecimal of ``<sandbox>/<seconds>/<random>`` by a secret that only the gateway and
the console have.
"""

from __future__ import annotations

import hashlib
import hmac

GOOD = 300.0
"""Seconds for which a ticket is good, in either direction: two clocks may differ by so much."""


def mac(secret: str, sandbox: str, seconds: str, random: str) -> str:
    """As the gateway makes it. ``secret``  any text."""
    told = f"{sandbox}/{seconds}/{random}"
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()


def is_good(secret: str, sandbox: str, ticket: str, now: float) -> bool:
    """Whether a gateway gave it for this sandbox, lately. ``now`` in seconds since 1970."""
    seconds, _, rest = ticket.partition("/")
    random, _, given = rest.partition("/")
    if not (secret and seconds.isdecimal() and random and given.isascii()):
        return False
    same = hmac.compare_digest(mac(secret, sandbox, seconds, random), given)
    return same and len(seconds) < 12 and abs(now - int(seconds)) <= GOOD
