// name: availabilities
// How available these items are by themselves, of those of which anybody said it.
// params: keys (list of string, at most 50000)
// returns: key, availability
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
WHERE item.availability IS NOT NULL
RETURN item.key AS key, item.availability AS availability;

// name: criticality_weights
// What business items weigh of which anybody said it.
// params: nothing
// returns: key, weight
// scan: every business item is looked at, once for each version of the estate
MATCH (item:BusinessProcess|BusinessService)
WHERE item.criticalityWeight IS NOT NULL
RETURN item.key AS key, toFloat(item.criticalityWeight) AS weight;

// name: attributed_items
// Items among whose attributes, as JSON, a text occurs.
// params: fragment (string)
// returns: key, attributes
// scan: attributes have no index, and every item may have any
MATCH (item:ConfigurationItem)
WHERE item.attributes CONTAINS $fragment
RETURN item.key AS key, item.attributes AS attributes ORDER BY key;

// name: corporate_parents
// Which third party belongs to which.
// params: nothing
// returns: key, parent
// scan: every third party is looked at, once for each version of the estate
MATCH (child:ThirdParty)-[:CHILD_OF]->(parent:ThirdParty)
RETURN child.key AS key, parent.key AS parent ORDER BY key, parent;
