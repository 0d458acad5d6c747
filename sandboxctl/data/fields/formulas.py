"""Columns worked out from others."""

from __future__ import annotations

from sandboxctl.data.scope import Maker

MAKERS: dict[type, Maker] = {}
