"""Certificate authorities that this host trusts beyond the usual ones: a company's, a mirror's."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

ANCHORS = (
    Path("/usr/local/share/ca-certificates"),  # Debian, Alpine
    Path("/etc/pki/ca-trust/source/anchors"),  # Fedora, RHEL
    Path("/etc/ca-certificates/trust-source/anchors"),  # Arch
)
VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
SYSTEM_BUNDLES = frozenset(
    {
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/ssl/cert.pem",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    }
)
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")


def extra() -> tuple[str, ...]:
    """Their certificates in PEM, sorted, each once."""
    named = (Path(os.environ[name]) for name in VARIABLES if os.environ.get(name))
    bundles = (path for path in named if str(path.resolve()) not in SYSTEM_BUNDLES)
    return of_files([*_anchors(), *bundles])


def of_files(paths: Iterable[Path]) -> tuple[str, ...]:
    """The certificates in these files; a file that cannot be read has none."""
    found: set[str] = set()
    for path in paths:
        try:
            text = path.read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        found.update(f"{pem}\n" for pem in _PEM.findall(text))
    return tuple(sorted(found))


def digest() -> str:
    """Names the set of them, so that an image made for another set is another image."""
    return hashlib.sha256("".join(extra()).encode()).hexdigest()[:12]


def _anchors() -> list[Path]:
    return [path for folder in ANCHORS for path in folder.rglob("*") if path.is_file()]
