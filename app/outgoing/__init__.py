"""Outgoing: what becomes a notice of maintenance, of acknowledged and unmatched events, and of the business being hurt.

Follows what others decide and has it told: `notify` finds out who wants to know, and sends. Situations are told of by
themselves (`situations.telling`).
Decision: every follower looks at what has changed and marks how far it has told, in the transaction that enqueues: so
whoever wrote the change need not know of notices, and a worker that dies leaves nothing untold and tells nothing twice.
"""
