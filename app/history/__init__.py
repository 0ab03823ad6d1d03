"""History: what changed, when, by whom, under which graph version.

Decision: every write transaction bumps the one `GraphVersion` node first. That serialises writers, so versions follow
commit order, and the `Change` written in the same transaction tells every worker which items to read again.
"""
