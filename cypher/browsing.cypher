// name: items_by_key_after
// Items in key order, after a key: the page of a list.
// params: labels, kinds, lifecycles, owners, sources (lists of string, empty for all), tiers (list of integer, empty for all), visible (list of item keys, null for all), after (string, empty for the start), first (integer, 1..501)
// returns: key
MATCH (item:ConfigurationItem)
WHERE item.key > $after
  AND (size($labels) = 0 OR any(label IN labels(item) WHERE label IN $labels))
  AND (size($kinds) = 0 OR item.kind IN $kinds)
  AND (size($lifecycles) = 0 OR item.lifecycle IN $lifecycles)
  AND (size($sources) = 0 OR item.source IN $sources)
  AND (size($tiers) = 0 OR item.tier IN $tiers)
  AND (size($owners) = 0 OR EXISTS { (item)-[:OWNED_BY]->(team:Team) WHERE team.key IN $owners AND ($visible IS NULL OR team.key IN $visible) })
  AND ($visible IS NULL OR item.key IN $visible)
RETURN item.key AS key
ORDER BY item.key
LIMIT $first;

// name: items_by_key_before
// Items in falling key order, before a key.
// params: labels, kinds, lifecycles, owners, sources (lists of string, empty for all), tiers (list of integer, empty for all), visible (list of item keys, null for all), before (string or null for the end), first (integer, 1..501)
// returns: key
MATCH (item:ConfigurationItem)
WHERE item.key > '' AND ($before IS NULL OR item.key < $before)
  AND (size($labels) = 0 OR any(label IN labels(item) WHERE label IN $labels))
  AND (size($kinds) = 0 OR item.kind IN $kinds)
  AND (size($lifecycles) = 0 OR item.lifecycle IN $lifecycles)
  AND (size($sources) = 0 OR item.source IN $sources)
  AND (size($tiers) = 0 OR item.tier IN $tiers)
  AND (size($owners) = 0 OR EXISTS { (item)-[:OWNED_BY]->(team:Team) WHERE team.key IN $owners AND ($visible IS NULL OR team.key IN $visible) })
  AND ($visible IS NULL OR item.key IN $visible)
RETURN item.key AS key
ORDER BY item.key DESC
LIMIT $first;

// name: items_ranked_after
// Items in the order of a property and then the key, after such a pair.
// params: rank (NAME, UPDATED_AT or TIER), labels, kinds, lifecycles, owners, sources (lists of string, empty for all), tiers (list of integer, empty for all), visible (list of item keys, null for all), after_rank (of the property's type, or null for the start), after (string), first (integer, 1..501)
// returns: key, rank
// scan: sorting by a property looks at every item that passes the filter
MATCH (item:ConfigurationItem)
WHERE (size($labels) = 0 OR any(label IN labels(item) WHERE label IN $labels))
  AND (size($kinds) = 0 OR item.kind IN $kinds)
  AND (size($lifecycles) = 0 OR item.lifecycle IN $lifecycles)
  AND (size($sources) = 0 OR item.source IN $sources)
  AND (size($tiers) = 0 OR item.tier IN $tiers)
  AND (size($owners) = 0 OR EXISTS { (item)-[:OWNED_BY]->(team:Team) WHERE team.key IN $owners AND ($visible IS NULL OR team.key IN $visible) })
  AND ($visible IS NULL OR item.key IN $visible)
WITH item, CASE $rank WHEN 'NAME' THEN item.name WHEN 'TIER' THEN coalesce(item.tier, 9) ELSE item.updatedAt END AS rank
WHERE $after_rank IS NULL OR rank > $after_rank OR (rank = $after_rank AND item.key > $after)
RETURN item.key AS key, rank
ORDER BY rank, key
LIMIT $first;

// name: items_ranked_before
// Items in the falling order of a property and then the key, before such a pair.
// params: rank (NAME, UPDATED_AT or TIER), labels, kinds, lifecycles, owners, sources (lists of string, empty for all), tiers (list of integer, empty for all), visible (list of item keys, null for all), before_rank (of the property's type, or null for the end), before (string), first (integer, 1..501)
// returns: key, rank
// scan: sorting by a property looks at every item that passes the filter
MATCH (item:ConfigurationItem)
WHERE (size($labels) = 0 OR any(label IN labels(item) WHERE label IN $labels))
  AND (size($kinds) = 0 OR item.kind IN $kinds)
  AND (size($lifecycles) = 0 OR item.lifecycle IN $lifecycles)
  AND (size($sources) = 0 OR item.source IN $sources)
  AND (size($tiers) = 0 OR item.tier IN $tiers)
  AND (size($owners) = 0 OR EXISTS { (item)-[:OWNED_BY]->(team:Team) WHERE team.key IN $owners AND ($visible IS NULL OR team.key IN $visible) })
  AND ($visible IS NULL OR item.key IN $visible)
WITH item, CASE $rank WHEN 'NAME' THEN item.name WHEN 'TIER' THEN coalesce(item.tier, 9) ELSE item.updatedAt END AS rank
WHERE $before_rank IS NULL OR rank < $before_rank OR (rank = $before_rank AND item.key < $before)
RETURN item.key AS key, rank
ORDER BY rank DESC, key DESC
LIMIT $first;

// name: count_items
// How many items pass the filter.
// params: labels, kinds, lifecycles, owners, sources (lists of string, empty for all), tiers (list of integer, empty for all), visible (list of item keys, null for all)
// returns: count
// scan: counting looks at every item that passes the filter
MATCH (item:ConfigurationItem)
WHERE (size($labels) = 0 OR any(label IN labels(item) WHERE label IN $labels))
  AND (size($kinds) = 0 OR item.kind IN $kinds)
  AND (size($lifecycles) = 0 OR item.lifecycle IN $lifecycles)
  AND (size($sources) = 0 OR item.source IN $sources)
  AND (size($tiers) = 0 OR item.tier IN $tiers)
  AND (size($owners) = 0 OR EXISTS { (item)-[:OWNED_BY]->(team:Team) WHERE team.key IN $owners AND ($visible IS NULL OR team.key IN $visible) })
  AND ($visible IS NULL OR item.key IN $visible)
RETURN count(item) AS count;

// name: search_items
// Items whose key, name or identifier fits a full-text query, best first.
// params: text (Lucene query, made by inventory/searching.py), first (integer, 1..500)
// returns: key, score
CALL db.index.fulltext.queryNodes('item_search', $text, {limit: 1000}) YIELD node, score
OPTIONAL MATCH (node)-[:IDENTIFIES]->(identified:ConfigurationItem)
WITH CASE WHEN node:Identifier THEN identified ELSE node END AS item, score
WHERE item IS NOT NULL
RETURN item.key AS key, max(score) AS score
ORDER BY score DESC, key
LIMIT $first;

// name: search_visible_items
// Those of some items whose key, name or identifier fits a full-text query: what is called exactly so first, then by
// key. How well a word fits is told by how rare it is in the whole estate, so that is not asked here.
// params: text (Lucene query, made by inventory/searching.py), typed (string, in lower case), visible (list of item keys), first (integer, 1..500)
// returns: key, score
CALL db.index.fulltext.queryNodes('item_search', $text) YIELD node
OPTIONAL MATCH (node)-[:IDENTIFIES]->(identified:ConfigurationItem)
WITH node, CASE WHEN node:Identifier THEN identified ELSE node END AS item
WHERE item.key IN $visible
WITH item, max(CASE WHEN $typed IN [toLower(node.key), toLower(node.name), toLower(node.value)] THEN 2.0 ELSE 1.0 END) AS score
RETURN item.key AS key, score
ORDER BY score DESC, key
LIMIT $first;

// name: dependencies_of_each
// What each of these items directly needs, in key order, after a pair of key and relation.
// params: keys (list of string, at most 500), relations (list of string), strengths (list of string, empty for all), visible (list of item keys, null for all), after_key (string), after_relation (string), first (integer, 1..501)
// returns: key, edges
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
CALL (item) {
  MATCH (item)-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF]->(other:ConfigurationItem)
  WHERE type(edge) IN $relations
    AND ($visible IS NULL OR other.key IN $visible)
    AND (size($strengths) = 0 OR coalesce(edge.strength, CASE type(edge) WHEN 'LOCATED_IN' THEN 'HARD' END, '') IN $strengths)
    AND (other.key > $after_key OR (other.key = $after_key AND type(edge) > $after_relation))
  WITH item, edge, other
  ORDER BY other.key, type(edge)
  LIMIT $first
  RETURN collect({dependent: item.key, provider: other.key, relation: type(edge), properties: properties(edge)}) AS edges
}
RETURN key, edges;

// name: dependents_of_each
// Who directly needs each of these items, in key order, after a pair of key and relation.
// params: keys (list of string, at most 500), relations (list of string), strengths (list of string, empty for all), visible (list of item keys, null for all), after_key (string), after_relation (string), first (integer, 1..501)
// returns: key, edges
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
CALL (item) {
  MATCH (item)<-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF]-(other:ConfigurationItem)
  WHERE type(edge) IN $relations
    AND ($visible IS NULL OR other.key IN $visible)
    AND (size($strengths) = 0 OR coalesce(edge.strength, CASE type(edge) WHEN 'LOCATED_IN' THEN 'HARD' END, '') IN $strengths)
    AND (other.key > $after_key OR (other.key = $after_key AND type(edge) > $after_relation))
  WITH item, edge, other
  ORDER BY other.key, type(edge)
  LIMIT $first
  RETURN collect({dependent: other.key, provider: item.key, relation: type(edge), properties: properties(edge)}) AS edges
}
RETURN key, edges;

// name: count_dependencies_of_each
// How many edges leave each of these items.
// params: keys (list of string, at most 500), relations (list of string), strengths (list of string, empty for all), visible (list of item keys, null for all)
// returns: key, count
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
RETURN key, COUNT {
  (item)-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF]->(other:ConfigurationItem)
  WHERE type(edge) IN $relations
    AND ($visible IS NULL OR other.key IN $visible)
    AND (size($strengths) = 0 OR coalesce(edge.strength, CASE type(edge) WHEN 'LOCATED_IN' THEN 'HARD' END, '') IN $strengths)
} AS count;

// name: count_dependents_of_each
// How many edges arrive at each of these items.
// params: keys (list of string, at most 500), relations (list of string), strengths (list of string, empty for all), visible (list of item keys, null for all)
// returns: key, count
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
RETURN key, COUNT {
  (item)<-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF]-(other:ConfigurationItem)
  WHERE type(edge) IN $relations
    AND ($visible IS NULL OR other.key IN $visible)
    AND (size($strengths) = 0 OR coalesce(edge.strength, CASE type(edge) WHEN 'LOCATED_IN' THEN 'HARD' END, '') IN $strengths)
} AS count;
