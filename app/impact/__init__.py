"""Impact: who is hurt when items fail, and why.

Walks the topology, decides in `propagation`, explains in `explanation`, keeps up what fails now in `live`, and stores
nothing.
Decision: propagation is not written in Cypher, because k-of-n has no single-query form and storms need microseconds.
Reach and paths, which have no states, are Cypher (`cypher/impact.cypher`).
"""
