"""Continuity: how long recovery takes, how fast it has to be, and what stands in between.

Decides in pure rules over the arrays of `topology` and what its own store adds to them; it changes no inventory.
Decision: times are computed for a whole estate or for what surrounds one item by the same rules, so both agree.
"""
