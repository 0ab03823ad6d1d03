// name: export_page
// The next items in key order with everything that belongs to them: identifiers, and every edge that leaves them.
// params: after (string, item key), first (integer, 1..10000)
// returns: item, label, identifiers, edges
MATCH (item:ConfigurationItem)
WHERE item.key > $after
WITH item ORDER BY item.key LIMIT $first
RETURN item {.*, createdAt: null, updatedAt: null} AS item,
       [label IN labels(item) WHERE label <> 'ConfigurationItem'][0] AS label,
       [(identifier:Identifier)-[:IDENTIFIES]->(item) | [identifier.kind, identifier.value]] AS identifiers,
       [(item)-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF|PART_OF|OWNED_BY]->(provider:ConfigurationItem)
         | [type(edge), provider.key, properties(edge)]] AS edges
ORDER BY item.key;
