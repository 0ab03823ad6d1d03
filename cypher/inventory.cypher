// name: items_by_key
// The items with these keys and what belongs to them, in one row: a row each takes the driver three times as long.
// A key that names nothing is left out.
// params: keys (list of string, at most 10000)
// returns: items
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
RETURN collect({
  item: item {.*, createdAt: toString(item.createdAt), updatedAt: toString(item.updatedAt)},
  label: [label IN labels(item) WHERE label <> 'ConfigurationItem'][0],
  owner: [(item)-[:OWNED_BY]->(team:Team) | team.key][0],
  identifiers: [(identifier:Identifier)-[:IDENTIFIES]->(item) | [identifier.kind, identifier.value]],
  members: CASE WHEN item:RedundancyGroup
    THEN [(item)-[membership:HAS_MEMBER]->(member:ConfigurationItem) | [member.key, membership.weight]]
    ELSE [] END
}) AS items;

// name: names_by_key
// What the items with these keys are called, a list an item.
// params: keys (list of string, at most 50000)
// returns: names
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
RETURN collect([item.key, coalesce(item.name, item.key)]) AS names;

// name: existing_keys
// Which of these keys name an item, and of which type.
// params: keys (list of string, at most 10000)
// returns: labels
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
RETURN collect([item.key, [label IN labels(item) WHERE label <> 'ConfigurationItem'][0]]) AS labels;

// name: edges_from
// The edges that leave these items, ownership and membership included.
// params: keys (list of string, at most 10000)
// returns: edges
UNWIND $keys AS key
MATCH (dependent:ConfigurationItem {key: key})-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF|PART_OF|OWNED_BY]->(provider:ConfigurationItem)
RETURN collect({dependent: dependent.key, provider: provider.key, relation: type(edge), properties: properties(edge)}) AS edges;

// name: dependents_of_each
// Who has an edge to any of these items.
// params: keys (list of string, at most 10000)
// returns: keys
UNWIND $keys AS key
MATCH (dependent:ConfigurationItem)-[:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF|PART_OF|OWNED_BY]->(:ConfigurationItem {key: key})
RETURN collect(DISTINCT dependent.key) AS keys;

// name: create_items
// New items; a row holds the label and every property but the timestamps.
// params: rows (list of {label, properties}, at most 10000), at (datetime)
// returns: nothing
UNWIND $rows AS row
CREATE (item:ConfigurationItem:$(row.label))
SET item = row.properties, item.createdAt = $at, item.updatedAt = $at;

// name: replace_items
// Every property of existing items but the time of creation, which stays.
// params: rows (list of {key, properties}, at most 10000), at (datetime)
// returns: nothing
UNWIND $rows AS row
MATCH (item:ConfigurationItem {key: row.key})
WITH item, row, item.createdAt AS createdAt
SET item = row.properties, item.createdAt = createdAt, item.updatedAt = $at;

// name: create_edges
// New edges; the caller has made sure that none of them exists.
// params: rows (list of {dependent, provider, relation, properties}, at most 10000)
// returns: nothing
UNWIND $rows AS row
MATCH (dependent:ConfigurationItem {key: row.dependent})
MATCH (provider:ConfigurationItem {key: row.provider})
CREATE (dependent)-[edge:$(row.relation)]->(provider)
SET edge = row.properties;

// name: replace_edges
// Every property of existing edges.
// params: rows (list of {dependent, provider, relation, properties}, at most 10000)
// returns: nothing
UNWIND $rows AS row
MATCH (dependent:ConfigurationItem {key: row.dependent})-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF|PART_OF|OWNED_BY]->(provider:ConfigurationItem {key: row.provider})
WHERE type(edge) = row.relation
SET edge = row.properties;

// name: delete_edges
// Removes edges; one that is not there is passed over.
// params: rows (list of {dependent, provider, relation}, at most 10000)
// returns: nothing
UNWIND $rows AS row
MATCH (dependent:ConfigurationItem {key: row.dependent})-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF|PART_OF|OWNED_BY]->(provider:ConfigurationItem {key: row.provider})
WHERE type(edge) = row.relation
DELETE edge;

// name: add_identifiers
// Ties identifiers to items from an instant on; two items may share one, which makes events that name it ambiguous.
// params: rows (list of {key, kind, value, shortName}, at most 10000), at (datetime)
// returns: nothing
UNWIND $rows AS row
MATCH (item:ConfigurationItem {key: row.key})
MERGE (identifier:Identifier {kind: row.kind, value: row.value})
SET identifier.shortName = row.shortName
CREATE (identifier)-[:IDENTIFIES {since: $at}]->(item);

// name: remove_identifiers
// Unties identifiers from items. It is remembered until when they were tied, for an event that is older.
// params: rows (list of {key, kind, value}, at most 10000), at (datetime)
// returns: nothing
UNWIND $rows AS row
MATCH (identifier:Identifier {kind: row.kind, value: row.value})-[tie:IDENTIFIES]->(item:ConfigurationItem {key: row.key})
CREATE (identifier)-[:IDENTIFIED {since: tie.since, until: $at}]->(item)
DELETE tie;

// name: forget_identifiers
// Forgets which items carried an identifier until before an instant, and the identifiers that name nothing any more.
// params: before (datetime), first (integer)
// returns: count
MATCH (identifier:Identifier)-[tie:IDENTIFIED]->(:ConfigurationItem)
WHERE tie.until < $before
WITH identifier, tie LIMIT $first
DELETE tie
WITH identifier, count(*) AS forgotten
CALL (identifier) {
  WITH identifier
  WHERE NOT EXISTS { (identifier)-[:IDENTIFIES|IDENTIFIED]->() }
  DELETE identifier
}
RETURN sum(forgotten) AS count;

// name: delete_items
// Removes items with their edges and the identifiers that named only them.
// params: keys (list of string, at most 10000)
// returns: nothing
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
OPTIONAL MATCH (identifier:Identifier)-[:IDENTIFIES|IDENTIFIED]->(item)
WITH item, collect(identifier) AS identifiers
DETACH DELETE item
WITH identifiers
UNWIND identifiers AS identifier
WITH DISTINCT identifier
WHERE NOT EXISTS { (identifier)-[:IDENTIFIES|IDENTIFIED]->() }
DELETE identifier;
