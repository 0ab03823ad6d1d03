"""The database: the only importer of the driver. Sessions, named queries, migrations and the managed local server.

Decision: a session is not concurrency-safe, so every read opens its own; every write is one managed transaction.
"""
