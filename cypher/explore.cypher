// name: count_labels
// How many nodes there are of each label that can be explored.
// params: nothing
// returns: name, count
MATCH (node:BusinessProcess)
RETURN 'BusinessProcess' AS name, count(node) AS count
UNION ALL
MATCH (node:BusinessService)
RETURN 'BusinessService' AS name, count(node) AS count
UNION ALL
MATCH (node:ITService)
RETURN 'ITService' AS name, count(node) AS count
UNION ALL
MATCH (node:Component)
RETURN 'Component' AS name, count(node) AS count
UNION ALL
MATCH (node:Location)
RETURN 'Location' AS name, count(node) AS count
UNION ALL
MATCH (node:Team)
RETURN 'Team' AS name, count(node) AS count
UNION ALL
MATCH (node:ThirdParty)
RETURN 'ThirdParty' AS name, count(node) AS count
UNION ALL
MATCH (node:Contract)
RETURN 'Contract' AS name, count(node) AS count
UNION ALL
MATCH (node:RedundancyGroup)
RETURN 'RedundancyGroup' AS name, count(node) AS count
UNION ALL
MATCH (node:Identifier)
RETURN 'Identifier' AS name, count(node) AS count
UNION ALL
MATCH (node:Event)
RETURN 'Event' AS name, count(node) AS count
UNION ALL
MATCH (node:Situation)
RETURN 'Situation' AS name, count(node) AS count
UNION ALL
MATCH (node:MaintenanceWindow)
RETURN 'MaintenanceWindow' AS name, count(node) AS count
UNION ALL
MATCH (node:HealthPeriod)
RETURN 'HealthPeriod' AS name, count(node) AS count
UNION ALL
MATCH (node:Change)
RETURN 'Change' AS name, count(node) AS count;

// name: count_types
// How many relationships there are of each type that can be explored.
// params: nothing
// returns: name, count
MATCH ()-[edge:DEPENDS_ON]->()
RETURN 'DEPENDS_ON' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:HAS_MEMBER]->()
RETURN 'HAS_MEMBER' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:LOCATED_IN]->()
RETURN 'LOCATED_IN' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:OPERATED_BY]->()
RETURN 'OPERATED_BY' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:PROVIDED_BY]->()
RETURN 'PROVIDED_BY' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:SUBCONTRACTS_TO]->()
RETURN 'SUBCONTRACTS_TO' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:CHILD_OF]->()
RETURN 'CHILD_OF' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:PART_OF]->()
RETURN 'PART_OF' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:OWNED_BY]->()
RETURN 'OWNED_BY' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:IDENTIFIES]->()
RETURN 'IDENTIFIES' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:IDENTIFIED]->()
RETURN 'IDENTIFIED' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:ABOUT]->()
RETURN 'ABOUT' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:COVERS]->()
RETURN 'COVERS' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:OF]->()
RETURN 'OF' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:GATHERS]->()
RETURN 'GATHERS' AS name, count(edge) AS count
UNION ALL
MATCH ()-[edge:CAUSED_BY]->()
RETURN 'CAUSED_BY' AS name, count(edge) AS count;

// name: sample_labels
// The properties of a few nodes of each label, with the types of their values and one example.
// params: first (integer)
// returns: name, property, types, example
// scan: it ends after a few nodes of each label
CALL () {
  MATCH (node:BusinessProcess)
  RETURN 'BusinessProcess' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:BusinessService)
  RETURN 'BusinessService' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:ITService)
  RETURN 'ITService' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:Component)
  RETURN 'Component' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:Location)
  RETURN 'Location' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:Team)
  RETURN 'Team' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:ThirdParty)
  RETURN 'ThirdParty' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:Contract)
  RETURN 'Contract' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:RedundancyGroup)
  RETURN 'RedundancyGroup' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:Identifier)
  RETURN 'Identifier' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:Event)
  RETURN 'Event' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:Situation)
  RETURN 'Situation' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:MaintenanceWindow)
  RETURN 'MaintenanceWindow' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:HealthPeriod)
  RETURN 'HealthPeriod' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:Change)
  RETURN 'Change' AS name, node
  LIMIT $first
}
UNWIND keys(node) AS property
WITH name, property, node[property] AS value
RETURN name, property, collect(DISTINCT valueType(value)) AS types, head(collect(toStringOrNull(value))) AS example
ORDER BY name, property;

// name: sample_types
// Between which labels a few relationships of each type lead, and which properties they have.
// params: first (integer)
// returns: name, dependent, provider, properties
// scan: it ends after a few relationships of each type
CALL () {
  MATCH (dependent)-[edge:DEPENDS_ON]->(provider)
  RETURN 'DEPENDS_ON' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:HAS_MEMBER]->(provider)
  RETURN 'HAS_MEMBER' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:LOCATED_IN]->(provider)
  RETURN 'LOCATED_IN' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:OPERATED_BY]->(provider)
  RETURN 'OPERATED_BY' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:PROVIDED_BY]->(provider)
  RETURN 'PROVIDED_BY' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:SUBCONTRACTS_TO]->(provider)
  RETURN 'SUBCONTRACTS_TO' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:CHILD_OF]->(provider)
  RETURN 'CHILD_OF' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:PART_OF]->(provider)
  RETURN 'PART_OF' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:OWNED_BY]->(provider)
  RETURN 'OWNED_BY' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:IDENTIFIES]->(provider)
  RETURN 'IDENTIFIES' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:IDENTIFIED]->(provider)
  RETURN 'IDENTIFIED' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:ABOUT]->(provider)
  RETURN 'ABOUT' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:COVERS]->(provider)
  RETURN 'COVERS' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:OF]->(provider)
  RETURN 'OF' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:GATHERS]->(provider)
  RETURN 'GATHERS' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:CAUSED_BY]->(provider)
  RETURN 'CAUSED_BY' AS name, dependent, edge, provider
  LIMIT $first
}
WITH name, labels(dependent) AS dependents, labels(provider) AS providers, keys(edge) AS properties
WITH name, [one IN dependents WHERE one <> 'ConfigurationItem'][0] AS dependent,
     [one IN providers WHERE one <> 'ConfigurationItem'][0] AS provider, properties
UNWIND CASE WHEN properties = [] THEN [null] ELSE properties END AS property
RETURN name, dependent, provider, collect(DISTINCT property) AS properties
ORDER BY name, dependent, provider;
