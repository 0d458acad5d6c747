"""Which variables hold a secret: by their names, and by what their values look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

_WORDS = frozenset(
    ["PASSWORD", "PASSWORDS", "PASSWD", "PASS", "PASSPHRASE", "PASSCODE", "PWD", "PW",
     "SECRET", "SECRETS", "TOKEN", "TOKENS", "KEY", "KEYS", "APIKEY", "CREDENTIAL",
     "CREDENTIALS", "CREDS", "SALT", "PEPPER", "PIN", "PSK", "LICENSE", "LICENCE", "DSN",
     "WEBHOOK", "COOKIE", "AUTHTOKEN"]
)  # fmt: skip
_ENDINGS = ("PASSWORD", "PASSWD", "PASS", "SECRET", "TOKEN", "APIKEY", "SECRETKEY", "AUTHKEY")
_ABOUT = frozenset(
    ["PATH", "DIR", "DIRECTORY", "URL", "URI", "FILE", "FILENAME", "EXPIRY", "EXPIRES",
     "EXPIRATION", "EXPIRE", "TTL", "LIFETIME", "AGE", "LENGTH", "MIN", "MAX", "NAME",
     "ENABLED", "ENABLE", "DISABLED", "ALGORITHM", "ALG", "TYPE", "HEADER", "POLICY",
     "TIMEOUT", "ISSUER", "AUDIENCE", "PREFIX", "SUFFIX", "DAYS", "HOURS", "MINUTES",
     "SECONDS", "SIZE", "ROUNDS", "COUNT", "HOST", "PORT", "USER", "USERNAME", "FORMAT",
     "METHOD", "ENDPOINT", "PROVIDER", "SERVICE", "DOMAIN", "SECURE", "SAMESITE",
     "ROTATION", "INTERVAL", "LIMIT", "REQUIRED", "TERMS", "ACCEPT", "LAYOUT", "REPLICATION"]
)  # fmt: skip
"""A last word that says something about a secret, and is none."""
_PLAIN = re.compile(
    r"(true|false|yes|no|on|off|none|null|accept|disabled?|enabled?|trust|[0-9]{0,3})",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"/(run|etc|var|opt|app|home|usr|data|certs?|config|secrets|mnt|srv|root|tmp)/[\w./-]+"
)
"""A file that holds a secret is none."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_VALUE = re.compile(
    r"-----BEGIN |\bAKIA[0-9A-Z]{12,}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}"
    r"|\bsk[-_](live|test|ant|proj|or)?[\w-]{16,}|\bxox[abprs]-[\w-]{10,}|\bAIza[\w-]{30,}"
    r"|\beyJ[\w-]{8,500}\.[\w-]{8,2000}\.|\bbase64:[A-Za-z0-9+/=]{20,}|hooks\.slack\.com/services/"
    r"|^\$(2[aby]|argon2\w*|[1-6])\$|^[0-9a-fA-F]{32,}$"
    r"|^(?=[^/]*[0-9])(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9+/_-]{32,}={0,2}$"
)
_OPTION = re.compile(
    r"--?([\w.-]*[-_.])?(password|passwd|pass|requirepass|masterauth|token|secret|api-?key|secret-key)",
    re.IGNORECASE,
)
_PASSWORD_IN_URL = re.compile(
    r"(?P<before>(?<![a-z0-9])[a-z][a-z0-9+.-]{0,30}://[^\s/:@]{0,200}:)(?P<value>[^\s/@]{1,1000})(?=@)",
    re.I,
)
_PASSWORD_IN_DSN = re.compile(
    r"(?P<before>(?:password|passwd|pwd|secret|token|api_?key|accesskey)[\"']?\s*[=:]\s*[\"']?"
    r"|\brequirepass\s+)(?P<value>[^\s;&\"',]+)",
    re.IGNORECASE,
)
_PASSWORD_OF_OPTION = re.compile(
    r"(?P<before>(?:^|\s)"
    r"(?:--?(?:password|pass|passwd|requirepass|masterauth|token|secret|api-?key)[= ]"
    r"|-p(?=[^\s\d-]{4,}(?:\s|$))))(?P<value>[^\s\"']+)",
    re.IGNORECASE,
)
_MOST = 1_000


def asks_for_secret(option: str, words: Sequence[str]) -> bool:
    """Whether the word after ``option`` of a command is a secret: ``--requirepass``, ``-a`` of
    redis-cli."""
    if option == "-a":
        return any(word.rpartition("/")[2] == "redis-cli" for word in words)
    return bool(_OPTION.fullmatch(option))


def is_secret(name: str, value: str = "") -> bool:
    """Whether a variable of this name, or with this value, is nobody else's business."""
    if _PATH.fullmatch(value):
        return False
    return value_is_secret(value) or (name_is_secret(name) and not _PLAIN.fullmatch(value or "x"))


def name_is_secret(name: str) -> bool:
    words = [word for word in re.split(r"[^A-Z0-9]+", _CAMEL.sub("_", name).upper()) if word]
    if not words or "PUBLIC" in words or words[-1] in _ABOUT or words[-2:] == ["ALLOW", "EMPTY"]:
        return False
    if {"ALLOW", "RANDOM"} & set(words) or words == ["PWD"]:
        return False
    return bool(_WORDS & set(words)) or any(word.endswith(_ENDINGS) for word in words)


def value_is_secret(value: str) -> bool:
    """By its look: a key of a well-known service, a private key, a hash, a long random text."""
    return bool(_VALUE.search(value))


def inner(text: str) -> list[tuple[int, int]]:
    """Where passwords stand inside a text: in an address, a connection string, an option.

    Where there are more than a person writes, all that follows is one.
    """
    spans: list[tuple[int, int]] = []
    rest = len(text)
    for pattern in (_PASSWORD_IN_URL, _PASSWORD_IN_DSN, _PASSWORD_OF_OPTION):
        matches = pattern.finditer(text)
        spans += [match.span("value") for match in islice(matches, _MOST)]
        rest = min([rest, *(match.start("value") for match in islice(matches, 1))])
    if rest < len(text):
        rest = min([rest, *(begin for begin, end in spans if end > rest)])
        spans = [*(span for span in spans if span[1] <= rest), (rest, len(text))]
    taken = bytearray(len(text))
    found: list[tuple[int, int]] = []
    for begin, end in spans:
        if not any(taken[begin:end]):
            found.append((begin, end))
            taken[begin:end] = b"\1" * (end - begin)
    return sorted(found)
