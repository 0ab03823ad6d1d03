// name: vertex_page
// The next items in key order, as columns: what propagation has to know of each.
// params: after (string, the last key of the page before), size (integer, 1..50000)
// returns: vertices
MATCH (item:ConfigurationItem)
WHERE item.key > $after
WITH item ORDER BY item.key LIMIT $size
RETURN collect([item.key, [label IN labels(item) WHERE label <> 'ConfigurationItem'][0], item.tier,
                coalesce(item.criticalOrImportant, false) OR coalesce(item.important, false),
                item.minAvailable, item.degradedBelow, item.restartTimeSeconds, item.recoveryTimeSeconds,
                coalesce(item.impactToleranceSeconds, item.mtpdSeconds),
                CASE WHEN item.kind = 'ACTIVE_STANDBY' THEN item.failoverTimeSeconds END]) AS vertices;

// name: edge_page
// The propagating edges that leave the items between two keys, a page in one row: an edge a row is ten times slower.
// params: after (string, exclusive), upto (string, inclusive)
// returns: edges
MATCH (dependent:ConfigurationItem)
WHERE dependent.key > $after AND dependent.key <= $upto
MATCH (dependent)-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF]->(provider:ConfigurationItem)
WHERE coalesce(edge.strength, 'HARD') <> 'INFO'
RETURN collect([dependent.key, provider.key,
                CASE WHEN type(edge) = 'HAS_MEMBER' THEN 2 WHEN edge.strength = 'SOFT' THEN 1 ELSE 0 END,
                coalesce(edge.weight, 1), coalesce(edge.toleranceSeconds, 0)]) AS edges;

// name: vertices_by_key
// The same columns for these items; a key that names nothing is left out.
// params: keys (list of string, at most 50000)
// returns: vertices
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
RETURN collect([item.key, [label IN labels(item) WHERE label <> 'ConfigurationItem'][0], item.tier,
                coalesce(item.criticalOrImportant, false) OR coalesce(item.important, false),
                item.minAvailable, item.degradedBelow, item.restartTimeSeconds, item.recoveryTimeSeconds,
                coalesce(item.impactToleranceSeconds, item.mtpdSeconds),
                CASE WHEN item.kind = 'ACTIVE_STANDBY' THEN item.failoverTimeSeconds END]) AS vertices;

// name: edges_by_dependent
// The propagating edges that leave these items.
// params: keys (list of string, at most 50000)
// returns: edges
UNWIND $keys AS key
MATCH (dependent:ConfigurationItem {key: key})-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF]->(provider:ConfigurationItem)
WHERE coalesce(edge.strength, 'HARD') <> 'INFO'
RETURN collect([dependent.key, provider.key,
                CASE WHEN type(edge) = 'HAS_MEMBER' THEN 2 WHEN edge.strength = 'SOFT' THEN 1 ELSE 0 END,
                coalesce(edge.weight, 1), coalesce(edge.toleranceSeconds, 0)]) AS edges;
