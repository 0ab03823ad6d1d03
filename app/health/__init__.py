"""Health: the history of how business processes and services were, so that "what was down last Tuesday, and why" has
an answer.

Compares pictures of the estate with what is written down and writes the difference; what hurts whom is decided in
`impact`.
Decision: a history of periods, not of changes: who asks about a time wants what overlaps it. A period keeps its
sentence and its causes as they were when it began, for items and names may be gone when somebody asks.
"""
