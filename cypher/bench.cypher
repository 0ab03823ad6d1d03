// name: reached_by_expansion
// Who needs an item, directly or not: the fastest reach we know of in Cypher, in one row, without distances.
// params: key (string, item key)
// returns: keys
MATCH (start:ConfigurationItem {key: $key})
MATCH (start)<-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]-(found:ConfigurationItem)
WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') <> 'INFO')
WITH DISTINCT found
RETURN collect(found.key) AS keys;

// name: count_edges
// How many propagating edges leave the next items in key order: what reading them must cost at least.
// params: after (string, the last key of the bucket before), size (integer, 1..50000)
// returns: last, edges
MATCH (item:ConfigurationItem)
WHERE item.key > $after
WITH item ORDER BY item.key LIMIT $size
RETURN max(item.key) AS last,
       sum(COUNT { (item)-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF]->(:ConfigurationItem)
                   WHERE coalesce(edge.strength, 'HARD') <> 'INFO' }) AS edges;

// name: write_bare_events
// Writes events and nothing else: what storing them must cost at least.
// params: rows (list of {id, source, fingerprint, severity, state})
// returns: nothing
UNWIND $rows AS row
MERGE (event:Event {id: row.id})
SET event += row;
