"""What a query may touch; everything else is refused. What a later Neo4j brings is unknown until it stands here."""

from itertools import product

LABELS = frozenset(
    {
        "ConfigurationItem", "BusinessProcess", "BusinessService", "ITService", "Component", "Location", "Team",
        "ThirdParty", "Contract", "RedundancyGroup",
        "Identifier", "Event", "Situation", "MaintenanceWindow", "HealthPeriod", "Change",
        "Assessment", "Finding", "Recovery", "RecoveryStep", "Scenario", "ScenarioRun",
    }
)  # fmt: skip
"""The labels of the model that readers are shown; their nodes are tied to each other only, and a test holds it."""

TOP_LABELS = (
    *("ConfigurationItem", "Identifier", "Event", "Situation", "MaintenanceWindow", "HealthPeriod", "Change"),
    *("Assessment", "Finding", "Recovery", "RecoveryStep", "Scenario", "ScenarioRun"),
)
"""One label for each node of the model: the types of item stand beside ConfigurationItem."""

HELD_BACK = frozenset(
    {
        "AccessToken", "NotificationSubscription", "Notification", "QuarantinedDelivery", "SeenDelivery", "IntakeMark",
        "SourceMapping", "MatchRule", "Past", "GraphVersion", "EventVersion", "WriteCounter", "HealthHistory",
        "SituationHistory", "SavedQuery", "ToldPlace", "ToldUnmatched", "ToldImpact", "FindingCheck",
        "AuditEntry", "AuditHead", "Session", "__Neo4jMigration",
    }
)  # fmt: skip
"""Labels of our own bookkeeping: secrets, what others sent, and counters. No query may as much as name them."""

RELATIONS = frozenset(
    {
        "DEPENDS_ON", "HAS_MEMBER", "LOCATED_IN", "OPERATED_BY", "PROVIDED_BY", "SUBCONTRACTS_TO", "CHILD_OF",
        "PART_OF", "OWNED_BY",
        "IDENTIFIES", "IDENTIFIED", "ABOUT", "COVERS", "OF", "GATHERS", "CAUSED_BY",
        "ASSESSES", "CONCERNS", "HAS_STEP",
    }
)  # fmt: skip
"""The types of relationship of the model; each joins nodes of `LABELS`."""

PROCEDURES = frozenset({"db.index.fulltext.queryNodes"})
"""Our only full-text index is on items and identifiers."""


def _each(*parts: tuple[str, ...]) -> frozenset[str]:
    return frozenset("".join(chosen) for chosen in product(*parts))


PASSING = frozenset(
    {
        "AntiConditionalApply", "AntiSemiApply", "Apply", "Argument", "BidirectionalRepeat", "CacheProperties",
        "CartesianProduct", "ConditionalApply", "Distinct", "Eager", "EagerAggregation", "EmptyResult", "EmptyRow",
        "ExhaustiveLimit", "Expand", "Filter", "LetAntiSemiApply", "LetSelectOrAntiSemiApply", "LetSelectOrSemiApply",
        "LetSemiApply", "Limit", "NodeHashJoin", "NodeLeftOuterHashJoin", "NodeRightOuterHashJoin", "Optional",
        "OptionalExpand", "OrderedAggregation", "OrderedDistinct", "OrderedUnion", "PartialSort", "PartialTop",
        "PathPropagatingBFS", "ProduceResults", "ProjectEndpoints", "Projection", "RemoteBatchProperties",
        "RemoteBatchPropertiesWithFilter", "Repeat", "RollUpApply", "SelectOrAntiSemiApply", "SelectOrSemiApply",
        "SemiApply", "ShortestPath", "Skip", "Sort", "StatefulShortestPath", "Top", "TriadicBuild", "TriadicFilter",
        "TriadicSelection", "Union", "Unwind", "ValueHashJoin", "ValueLeftOuterHashJoin", "ValueMergeJoin",
        "VarLengthExpand",
    }
)  # fmt: skip
"""Operators that go on from what they are given: from a node of the model they reach none but such."""

NODE_SOURCES = (
    _each(("", "Partitioned"), ("NodeByLabelScan", "UnionNodeByLabelsScan", "IntersectionNodeByLabelsScan"))
    | _each(("", "Partitioned"), ("SubtractionNodeByLabelsScan", "NodeIndexScan", "NodeIndexSeek"))
    | _each(("Node",), ("IndexSeekByRange", "UniqueIndexSeek", "UniqueIndexSeekByRange"))
    | _each(("Node", "MultiNode"), ("IndexSeek", "IndexContainsScan", "IndexEndsWithScan"))
    | {"NodeCountFromCountStore"}
)
"""Operators that begin at nodes, and say of which labels."""

_WAYS = ("Directed", "Undirected")
RELATION_SOURCES = (
    _each(("", "Partitioned"), _WAYS, ("RelationshipTypeScan", "UnionRelationshipTypesScan"))
    | _each(_WAYS, ("RelationshipIndex",), ("Scan", "Seek", "SeekByRange", "ContainsScan", "EndsWithScan"))
    | {"RelationshipCountFromCountStore"}
)
"""Operators that begin at relationships, and say of which types."""

OPEN_SOURCES = (
    _each(("", "Partitioned"), ("AllNodesScan", "DirectedAllRelationshipsScan", "UndirectedAllRelationshipsScan"))
    | _each(("NodeBy", "DirectedRelationshipBy", "UndirectedRelationshipBy"), ("IdSeek", "ElementIdSeek"))
    | {"DynamicLabelNodeLookup"}
    | _each(("Dynamic",), _WAYS, ("RelationshipTypeLookup",))
)
"""Operators that begin anywhere, at what is not of the model too."""

FUNCTIONS = frozenset(
    {
        # lists and paths
        "all", "any", "none", "single", "allreduce", "reduce", "coalesce", "nullif", "head", "last", "tail", "size",
        "length", "cardinality", "path_length", "range", "reverse", "isempty", "nodes", "relationships", "keys",
        "labels", "properties", "property_exists", "startnode", "endnode", "type", "elementid", "id", "exists",
        "shortestpath", "allshortestpaths", "valuetype",
        "coll.distinct", "coll.flatten", "coll.indexof", "coll.insert", "coll.max", "coll.min", "coll.remove",
        "coll.sort",
        # aggregates
        "count", "sum", "avg", "min", "max", "collect", "collect_list", "percentilecont", "percentiledisc",
        "percentile_cont", "percentile_disc", "stdev", "stdevp", "stdev_pop", "stdev_samp",
        # numbers
        "abs", "ceil", "ceiling", "floor", "round", "sign", "sqrt", "exp", "log", "log10", "ln", "e", "pi", "rand",
        "isnan", "sin", "cos", "tan", "cot", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "coth",
        "degrees", "radians", "haversin",
        # text
        "tolower", "toupper", "lower", "upper", "trim", "btrim", "ltrim", "rtrim", "left", "right", "substring",
        "split", "replace", "normalize", "char_length", "character_length", "randomuuid", "uuid",
        "string.indexof",
        "tostring", "tostringornull", "tostringlist", "tointeger", "tointegerornull", "tointegerlist", "tofloat",
        "tofloatornull", "tofloatlist", "toboolean", "tobooleanornull", "tobooleanlist",
        # space and vectors
        "point", "point.distance", "point.withinbbox", "vector", "vector.similarity.cosine",
        "vector.similarity.euclidean", "vector_dimension_count", "vector_distance", "vector_norm",
        # time
        "timestamp", "duration", "duration.between", "duration.indays", "duration.inmonths", "duration.inseconds",
        "duration_between", "local_datetime", "local_time", "zoned_datetime", "zoned_time", "datetime.fromepoch",
        "datetime.fromepochmillis",
    }
    | _each(
        ("date", "time", "datetime", "localtime", "localdatetime"),
        ("", ".realtime", ".statement", ".transaction", ".truncate"),
    )
)  # fmt: skip
"""Functions by their name in lower-case letters. They compute; none reads a file, another graph or the server."""

BEFORE_A_BRACKET = frozenset(
    {
        "MATCH", "WHERE", "RETURN", "WITH", "UNWIND", "CALL", "BY", "LIMIT", "SKIP", "OFFSET", "DISTINCT", "AND", "OR",
        "XOR", "NOT", "IN", "CONTAINS", "CASE", "WHEN", "THEN", "ELSE", "SHORTEST", "ANY", "ALL", "PATH", "PATHS",
        "GROUP", "GROUPS", "ELEMENT", "ELEMENTS", "RELATIONSHIP", "RELATIONSHIPS", "BINDINGS", "WALK", "TRAIL",
        "ACYCLIC", "LET", "FILTER", "IS", "FROM", "CREATE", "INSERT", "MERGE", "DELETE", "FOREACH", "FOR", "ON",
    }
)  # fmt: skip
"""Words of the language that a bracket may follow; those that write are left to the plan."""
