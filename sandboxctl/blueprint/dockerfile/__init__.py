"""A supplier's Dockerfile: a strict subset, read by us and written again by us."""
