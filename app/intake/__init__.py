"""Intake: what monitoring tools deliver is written to a local disk first, and then processed in order.

Decides when a delivery is safe (`journal`), what becomes of one that cannot be read (`quarantine`), and in which order
and how often each is processed (`processor`): in order of arrival, and exactly once. It leaves what a body means to the
sources and what an alert does to `events`.
Decision: the journal is a file of this machine and not Neo4j, because events must be taken while Neo4j is away.
"""
