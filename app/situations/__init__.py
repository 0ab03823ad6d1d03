"""Situations: open events that are one trouble, what most likely caused it, and what is said about it.

Decides which events belong together, by the topology alone, and keeps that as events come and go. How items are hurt
is decided in `impact`, what an event says in `events`, and who is told in `notify`.
Decision: no learned models. Every rule is a sentence that an engineer can check.
"""
