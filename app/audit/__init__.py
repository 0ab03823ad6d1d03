"""Audit: who changed what or read what is sensitive, from where, and how it was before and after.

Decides what an entry holds, how entries hang together, and how long they are kept; who is a caller is left to `auth`,
and what a use case changes it says itself (`app.account`).
Decision: an entry is written in the transaction of its change, by the database that is handed to the use case: one
that keeps account is `Ledger.writing`, so no use case can commit what it told and leave no entry.
Decision: every entry holds the hash of the one before it. Whoever changes, drops or inserts one breaks the chain from
there on. Whoever can write to Neo4j may still make a whole new chain, or cut off its end or its beginning: keep a head
elsewhere (it is logged from time to time, `underpin audit --verify` prints it), and `--expect` holds the chain to it.
Decision: there is one chain, so changes wait for each other's commit, as those of one counter did before.

Not here: what monitoring tools send. Their deliveries are events, with a history of their own.
"""
