"""Looks through other people's data files for values that could belong to somebody."""
