"""The GraphQL edge: types, resolvers and the schema. Decides nothing; every answer comes from a feature.

Decision: `item_types` hold all items, since they refer to each other both ways; `impact_types` and `event_types` refer
to them. Each has its resolvers of the root fields beside it: `inventory`, `impact`, `events`.
"""
