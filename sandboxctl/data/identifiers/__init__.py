"""Identifiers that nobody can be given: one definition for making, checking and explaining them."""

from __future__ import annotations

from sandboxctl.data.identifiers.contacts import EMAIL_DOMAINS
from sandboxctl.data.identifiers.identifier import Identifier, SafeSet
from sandboxctl.data.identifiers.registry import IDENTIFIERS

__all__ = ["EMAIL_DOMAINS", "IDENTIFIERS", "Identifier", "SafeSet"]
