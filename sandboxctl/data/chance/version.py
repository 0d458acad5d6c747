"""The version of what makes every value: here, so that who names it need not load numbers."""

from __future__ import annotations

MIX_VERSION = 2
"""Goes up with every change that changes a value; part of what names a baseline."""
