"""Notifications: who is told what, when, and over which channel; and that nothing that was promised is lost.

A notice is written with what it tells of, in one transaction (`outbox`), and sent after (`deliverer`), again and again
until it was taken or is given up. Knows nothing of events or situations: whoever has news writes a notice.
Decision: at least once. A worker that dies between sending and noting it down leads to the same notice being sent
again, with the same id.
"""
