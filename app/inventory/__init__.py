"""Inventory: configuration items, dependencies, redundancy groups and identifiers.

Decides what may be stored (`rules`), writes it in one transaction with the new graph version (`actions`), and leaves
what the edges mean for health to `impact`.
Decision: an item of every type is one `Item` with a mapping of typed properties; nine near-equal classes would only
repeat the table in `model.PROPERTIES`.
"""
