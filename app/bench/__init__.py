"""Bench: how fast we are, on an estate of any size, each figure beside a baseline of the same run.

Measures the product as it is shipped, over a managed Neo4j in a folder of its own; what it finds is printed by the
command line. Decision: every engine has to give the same answer for each seed before its time counts, since a fast
wrong answer is worth nothing.
"""
