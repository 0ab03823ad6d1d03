"""The GraphQL edge: types, resolvers and the schema. Decides nothing; every answer comes from a feature.

Decision: all object types are in `types.py`, since they refer to each other both ways.
"""
