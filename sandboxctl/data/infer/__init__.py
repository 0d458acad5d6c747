"""From data that may be real to a `data:` section that holds no value of it.

A source (`files`, `databases`, `postgres`) is looked at column by column and becomes profiles:
counts, and figures over at least ten rows. What is written follows from profiles alone.
"""
