"""Mistakes made on purpose, at a known rate, with the truth kept beside them.

What a person mistypes, swaps, or enters twice; what a program decodes wrongly. It is put on when a
table is written, so that columns made from others see what was meant. The truth is a table of its
own, ``<table>_truth``, against which a trial can be scored.
"""
