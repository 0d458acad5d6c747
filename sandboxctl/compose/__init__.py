"""A Compose file → the folder of a blueprint, and a list of what became of every key of it."""
