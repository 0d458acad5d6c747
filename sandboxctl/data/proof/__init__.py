"""Declared against observed: what a dataset promises, and whether its rows keep it.

`watch` counts what an export lets pass by; `trial` holds one table to all it declares; `examine`
makes the tables and tries them; `certificate` writes down what came of it.
"""
