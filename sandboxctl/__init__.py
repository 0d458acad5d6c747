"""Identical, isolated, disposable sandboxes of public-service prototypes."""

__version__ = "0.1.0"
