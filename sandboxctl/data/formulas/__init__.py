"""The language of `expression`, `missing: {when: …}` and `rules:`: small, safe, checked beforehand.

A formula is parsed (`syntax`), bound to the columns that it names (`binding`), which finds out the
type and the bounds of its result or says what is wrong with it, and worked out for many rows at
once (`columns`). Nothing of it is ever run as Python. `proof` shows that a rule holds.
"""
