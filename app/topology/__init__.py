"""Topology: the graph as compact arrays, kept current, for walks that Cypher cannot do or not fast enough.

Decision: Neo4j stays the system of record. The arrays hold what propagation needs and nothing else; everything a
person reads about an item is read from Neo4j.
Decision: a `Graph` never changes once built, so a walk needs no lock and an answer has one graph version. A write is
spliced into a copy of the arrays (20 ms for a million items); numbers stay, so what is kept beside the graph follows.
"""
