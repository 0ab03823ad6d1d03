// name: vertex_page
// The next items in key order, as columns: what propagation has to know of each, and more of the groups among them.
// params: after (string, the last key of the page before), size (integer, 1..50000)
// returns: keys, labels, tiers, critical, restart_seconds, recovery_seconds, target_seconds, groups
MATCH (item:ConfigurationItem)
WHERE item.key > $after
WITH item ORDER BY item.key LIMIT $size
WITH item, [label IN labels(item) WHERE label <> 'ConfigurationItem'][0] AS label
// One that is being removed has none left.
WHERE label IS NOT NULL
// Numbers stand for what nobody gave, as in the arrays: collect() would leave a null out and shift its column.
RETURN collect(item.key) AS keys, collect(label) AS labels,
       collect(coalesce(item.tier, 9)) AS tiers,
       collect(coalesce(item.criticalOrImportant, false) OR coalesce(item.important, false)) AS critical,
       collect(coalesce(item.restartTimeSeconds, 0)) AS restart_seconds,
       collect(coalesce(item.recoveryTimeSeconds, -1)) AS recovery_seconds,
       collect(coalesce(item.impactToleranceSeconds, item.mtpdSeconds, -1)) AS target_seconds,
       collect(CASE WHEN label = 'RedundancyGroup' THEN
           [item.minAvailable, item.degradedBelow,
            CASE WHEN item.kind = 'ACTIVE_STANDBY' THEN coalesce(item.failoverTimeSeconds, 0) ELSE 0 END] END) AS groups;

// name: edge_page
// The propagating edges that leave the items between two keys, as columns: an edge a row is ten times slower.
// params: after (string, exclusive), upto (string, inclusive)
// returns: dependents, providers, kinds, weights, tolerance_seconds
MATCH (dependent:ConfigurationItem)
WHERE dependent.key > $after AND dependent.key <= $upto
MATCH (dependent)-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF]->(provider:ConfigurationItem)
WHERE coalesce(edge.strength, 'HARD') <> 'INFO'
// An end that is being removed has no key left; the edge leads nowhere, but keeps its place in every column.
RETURN collect(coalesce(dependent.key, '')) AS dependents, collect(coalesce(provider.key, '')) AS providers,
       collect(CASE WHEN type(edge) = 'HAS_MEMBER' THEN 2 WHEN edge.strength = 'SOFT' THEN 1 ELSE 0 END) AS kinds,
       collect(CASE WHEN edge.weight >= 1 THEN toInteger(edge.weight) ELSE 1 END) AS weights,
       collect(coalesce(edge.toleranceSeconds, 0)) AS tolerance_seconds;

// name: vertices_by_key
// What `vertex_page` tells, of these items and a list an item; a key that names nothing is left out.
// params: keys (list of string, at most 50000)
// returns: vertices
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
WITH item, [label IN labels(item) WHERE label <> 'ConfigurationItem'][0] AS label
WHERE label IS NOT NULL
RETURN collect([item.key, label, item.tier,
                coalesce(item.criticalOrImportant, false) OR coalesce(item.important, false),
                item.minAvailable, item.degradedBelow, item.restartTimeSeconds, item.recoveryTimeSeconds,
                coalesce(item.impactToleranceSeconds, item.mtpdSeconds),
                CASE WHEN item.kind = 'ACTIVE_STANDBY' THEN item.failoverTimeSeconds END]) AS vertices;

// name: edges_by_dependent
// The propagating edges that leave these items, a list an edge.
// params: keys (list of string, at most 50000)
// returns: edges
UNWIND $keys AS key
MATCH (dependent:ConfigurationItem {key: key})-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF]->(provider:ConfigurationItem)
WHERE coalesce(edge.strength, 'HARD') <> 'INFO'
RETURN collect([dependent.key, provider.key,
                CASE WHEN type(edge) = 'HAS_MEMBER' THEN 2 WHEN edge.strength = 'SOFT' THEN 1 ELSE 0 END,
                CASE WHEN edge.weight >= 1 THEN toInteger(edge.weight) ELSE 1 END, coalesce(edge.toleranceSeconds, 0)]) AS edges;

// name: loss_curves
// What an outage costs, of every item of which anybody said it: few items have loss bands, so they come by themselves.
// params: nothing
// returns: curves
// scan: every business item is looked at
MATCH (item:BusinessProcess|BusinessService)
WHERE item.lossCurrency IS NOT NULL AND item.lossBandSeconds IS NOT NULL
RETURN collect([item.key, item.lossCurrency, item.lossBandSeconds, item.lossBandAmounts]) AS curves;

// name: loss_curves_by_key
// The same columns for those of these items that have any.
// params: keys (list of string, at most 50000)
// returns: curves
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
WHERE item.lossCurrency IS NOT NULL AND item.lossBandSeconds IS NOT NULL
RETURN collect([item.key, item.lossCurrency, item.lossBandSeconds, item.lossBandAmounts]) AS curves;

// name: items_in_scope
// What decides which scopes show an item, of every item that one of them may show: a team, what it owns, and what has
// both pieces of a label somewhere in its attributes.
// params: teams (list of item keys), labels (list of [name, value], as they stand in JSON)
// returns: facts
// scan: a label may stand in the attributes of any item
CALL () {
  UNWIND $teams AS key
  MATCH (item:ConfigurationItem {key: key})
  RETURN item
  UNION
  UNWIND $teams AS key
  MATCH (:ConfigurationItem {key: key})<-[:OWNED_BY]-(item:ConfigurationItem)
  RETURN item
  UNION
  UNWIND $labels AS label
  MATCH (item:ConfigurationItem)
  WHERE item.attributes CONTAINS label[0] AND item.attributes CONTAINS label[1]
  RETURN item
}
RETURN collect([item.key, [(item)-[:OWNED_BY]->(team:Team) | team.key][0], item.attributes]) AS facts;

// name: scope_facts
// The same columns of these items, a list an item; a key that names nothing is left out.
// params: keys (list of item keys)
// returns: facts
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
RETURN collect([item.key, [(item)-[:OWNED_BY]->(team:Team) | team.key][0], item.attributes]) AS facts;
