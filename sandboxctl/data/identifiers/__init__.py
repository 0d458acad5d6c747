"""Identifiers that nobody can be given: one definition for making, checking and explaining them."""

from __future__ import annotations

from sandboxctl.data.identifiers.identifier import Identifier, Part, Parts
from sandboxctl.data.identifiers.registry import CONTAINS, EMAIL_DOMAINS, IDENTIFIERS

__all__ = ["CONTAINS", "EMAIL_DOMAINS", "IDENTIFIERS", "Identifier", "Part", "Parts"]
