"""How much somebody may send at once, in one place: for who listens, and for pages that take it."""

from __future__ import annotations

FORM = 64 * 1024
"""Bytes that a form may have."""
HELD = 256 * 1024
"""Bytes that are taken in from anybody, in memory: a form that is a little too large still gets
a page which says so."""
UPLOAD = 32 * 1024**2
"""Bytes of a file that is handed in."""
UPLOADS = ("/desk",)
"""Where files may be handed in; what is below these, too."""
UPLOADS_AT_ONCE = 2
"""Files on the disk at the same time, from when they begin to arrive until a page is done."""


def takes_a_file(path: str) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in UPLOADS)
