"""Texts put together from pieces: grammars and patterns."""
