// name: business_items
// What the checks have to know of each business process and service, with its approved business impact analysis.
// params: nothing
// returns: key, targets, owned, reviewed_at, assessed
// scan: every business item is looked at, beside the requests
MATCH (item:BusinessProcess|BusinessService)
OPTIONAL MATCH (assessment:Assessment {itemKey: item.key, status: 'APPROVED'})
RETURN item.key AS key, item {.rtoSeconds, .wrtSeconds, .mtpdSeconds, .impactToleranceSeconds, .rpoSeconds} AS targets,
       EXISTS { (item)-[:OWNED_BY]->(:Team) } AS owned,
       assessment.reviewedAt AS reviewed_at, assessment {.rtoSeconds, .mtpdSeconds, .rpoSeconds} AS assessed
ORDER BY key;

// name: mapping_facts
// How the estate is mapped: what no team operates, what somebody else runs somewhere, stores, those that nobody is known
// to need for data, and the dependents of dependencies verified before a day.
// params: stale_before (ISO date)
// returns: unoperated, elsewhere, stores, unread_stores, stale
// scan: every item and dependency is looked at, beside the requests
CALL () {
  MATCH (item:BusinessProcess|BusinessService|ITService|Component)
  WHERE NOT EXISTS { (item)-[:OPERATED_BY]->(:Team) }
  RETURN collect(item.key) AS unoperated
}
CALL () {
  MATCH (item:Component) WHERE item.kind = 'SAAS'
  RETURN collect(item.key) AS elsewhere
}
CALL () {
  MATCH (item:Component) WHERE item.kind IN ['DATABASE', 'DATASTORE']
  WITH item.key AS key, EXISTS { (item)<-[:DEPENDS_ON|PROVIDED_BY {dataDependency: true}]-() } AS needed
  RETURN collect(key) AS stores, collect(CASE WHEN NOT needed THEN key END) AS unread_stores
}
CALL () {
  // By the day: whoever else writes to the database may write an instant in any form.
  MATCH (dependent:ConfigurationItem)-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF]->(:ConfigurationItem)
  WHERE left(toString(edge.verifiedAt), 10) < $stale_before
  RETURN collect(DISTINCT dependent.key) AS stale
}
RETURN unoperated, elsewhere, stores, unread_stores, stale;

// name: unconnected_items
// Those of these items that have no relation to any other.
// params: keys (list of item keys)
// returns: keys
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
WHERE NOT EXISTS { (item)--(:ConfigurationItem) }
WITH item.key AS key ORDER BY key
RETURN collect(key) AS keys;

// name: take_check_turn
// Takes the right to write findings until the commit. When everything was checked last, and which version of the graph.
// params: nothing
// returns: checked_at, version
MERGE (check:FindingCheck {id: 'findings'})
SET check.id = 'findings'
RETURN check.checkedAt AS checked_at, check.version AS version;

// name: end_check_turn
// Notes when everything was checked, and which version of the graph.
// params: at (datetime), version (integer)
// returns: nothing
MATCH (check:FindingCheck {id: 'findings'})
SET check.checkedAt = $at, check.version = $version;

// name: last_check
// When everything was checked last, and which version of the graph; no row before the first time.
// params: nothing
// returns: checked_at, version
MATCH (check:FindingCheck {id: 'findings'})
WHERE check.checkedAt IS NOT NULL
RETURN check.checkedAt AS checked_at, check.version AS version;

// name: standing_findings
// The findings that are open or accepted. They were last seen at the last check, which is noted once for all.
// params: nothing
// returns: finding
MATCH (finding:Finding)
WHERE finding.status IN ['OPEN', 'ACCEPTED']
RETURN finding {.*} AS finding
ORDER BY finding.id;

// name: findings_by_id
// Findings by their ids, resolved ones too.
// params: ids (list of string)
// returns: finding
UNWIND $ids AS id
MATCH (finding:Finding {id: id})
RETURN finding {.*} AS finding
ORDER BY finding.id;

// name: write_findings
// Writes findings as they are now, new ones too, each over its item.
// params: rows (list of maps with id, key and properties)
// returns: nothing
UNWIND $rows AS row
MERGE (finding:Finding {id: row.id})
SET finding = row.properties
WITH finding, row
MATCH (item:ConfigurationItem {key: row.key})
MERGE (finding)-[:CONCERNS]->(item);

// name: forget_findings
// Forgets findings that were resolved before an instant.
// params: before (datetime)
// returns: nothing
MATCH (finding:Finding)
WHERE finding.status = 'RESOLVED' AND finding.lastSeenAt < $before
DETACH DELETE finding;

// name: findings
// Findings, the severest first, then by check and item. Each part of the filter that is null lets everything pass.
// params: key (item key or null), owner (key of a team or null), codes (list of string or null), severities (list of string or null), statuses (list of string), after_rank (integer), after_id (string), first (integer, 1..501)
// returns: finding
MATCH (finding:Finding)
WHERE finding.status IN $statuses
  AND ($key IS NULL OR finding.itemKey = $key)
  AND ($codes IS NULL OR finding.code IN $codes)
  AND ($severities IS NULL OR finding.severity IN $severities)
  AND (finding.rank > $after_rank OR (finding.rank = $after_rank AND finding.id > $after_id))
  AND ($owner IS NULL OR EXISTS { (:ConfigurationItem {key: finding.itemKey})-[:OWNED_BY]->(:Team {key: $owner}) })
RETURN finding {.*} AS finding
ORDER BY finding.rank, finding.id
LIMIT $first;

// name: count_findings
// How many findings pass the filter.
// params: key (item key or null), owner (key of a team or null), codes (list of string or null), severities (list of string or null), statuses (list of string)
// returns: count
MATCH (finding:Finding)
WHERE finding.status IN $statuses
  AND ($key IS NULL OR finding.itemKey = $key)
  AND ($codes IS NULL OR finding.code IN $codes)
  AND ($severities IS NULL OR finding.severity IN $severities)
  AND ($owner IS NULL OR EXISTS { (:ConfigurationItem {key: finding.itemKey})-[:OWNED_BY]->(:Team {key: $owner}) })
RETURN count(finding) AS count;

// name: mapped_items
// What is filled in of these items: the names of their properties, and whether a team operates and owns them.
// params: keys (list of item keys, at most 10000)
// returns: items
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
RETURN collect([item.key, [label IN labels(item) WHERE label <> 'ConfigurationItem'][0], item.kind, keys(item),
                EXISTS { (item)-[:OPERATED_BY]->(:Team) }, EXISTS { (item)-[:OWNED_BY]->(:Team) }]) AS items;

// name: mapped_edges
// What is known of the edges that leave these items and along which failure travels.
// params: keys (list of item keys, at most 10000)
// returns: edges
UNWIND $keys AS key
MATCH (dependent:ConfigurationItem {key: key})-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF]->(provider:ConfigurationItem)
WHERE coalesce(edge.strength, 'HARD') <> 'INFO'
RETURN collect([dependent.key, provider.key, coalesce(edge.dataDependency, false), edge.confidence, edge.verifiedAt]) AS edges;
