// name: count_labels
// How many nodes there are of each label that can be explored.
// params: nothing
// returns: name, count
RETURN 'BusinessProcess' AS name, COUNT { (:BusinessProcess) } AS count
UNION ALL
RETURN 'BusinessService' AS name, COUNT { (:BusinessService) } AS count
UNION ALL
RETURN 'ITService' AS name, COUNT { (:ITService) } AS count
UNION ALL
RETURN 'Component' AS name, COUNT { (:Component) } AS count
UNION ALL
RETURN 'Location' AS name, COUNT { (:Location) } AS count
UNION ALL
RETURN 'Team' AS name, COUNT { (:Team) } AS count
UNION ALL
RETURN 'ThirdParty' AS name, COUNT { (:ThirdParty) } AS count
UNION ALL
RETURN 'Contract' AS name, COUNT { (:Contract) } AS count
UNION ALL
RETURN 'RedundancyGroup' AS name, COUNT { (:RedundancyGroup) } AS count
UNION ALL
RETURN 'Identifier' AS name, COUNT { (:Identifier) } AS count
UNION ALL
RETURN 'Event' AS name, COUNT { (:Event) } AS count
UNION ALL
RETURN 'Situation' AS name, COUNT { (:Situation) } AS count
UNION ALL
RETURN 'MaintenanceWindow' AS name, COUNT { (:MaintenanceWindow) } AS count
UNION ALL
RETURN 'HealthPeriod' AS name, COUNT { (:HealthPeriod) } AS count
UNION ALL
RETURN 'Change' AS name, COUNT { (:Change) } AS count
UNION ALL
RETURN 'Assessment' AS name, COUNT { (:Assessment) } AS count
UNION ALL
RETURN 'Finding' AS name, COUNT { (:Finding) } AS count
UNION ALL
RETURN 'Recovery' AS name, COUNT { (:Recovery) } AS count
UNION ALL
RETURN 'RecoveryStep' AS name, COUNT { (:RecoveryStep) } AS count
UNION ALL
RETURN 'Scenario' AS name, COUNT { (:Scenario) } AS count
UNION ALL
RETURN 'ScenarioRun' AS name, COUNT { (:ScenarioRun) } AS count;

// name: count_types
// How many relationships there are of each type that can be explored.
// params: nothing
// returns: name, count
RETURN 'DEPENDS_ON' AS name, COUNT { ()-[:DEPENDS_ON]->() } AS count
UNION ALL
RETURN 'HAS_MEMBER' AS name, COUNT { ()-[:HAS_MEMBER]->() } AS count
UNION ALL
RETURN 'LOCATED_IN' AS name, COUNT { ()-[:LOCATED_IN]->() } AS count
UNION ALL
RETURN 'OPERATED_BY' AS name, COUNT { ()-[:OPERATED_BY]->() } AS count
UNION ALL
RETURN 'PROVIDED_BY' AS name, COUNT { ()-[:PROVIDED_BY]->() } AS count
UNION ALL
RETURN 'SUBCONTRACTS_TO' AS name, COUNT { ()-[:SUBCONTRACTS_TO]->() } AS count
UNION ALL
RETURN 'CHILD_OF' AS name, COUNT { ()-[:CHILD_OF]->() } AS count
UNION ALL
RETURN 'PART_OF' AS name, COUNT { ()-[:PART_OF]->() } AS count
UNION ALL
RETURN 'OWNED_BY' AS name, COUNT { ()-[:OWNED_BY]->() } AS count
UNION ALL
RETURN 'IDENTIFIES' AS name, COUNT { ()-[:IDENTIFIES]->() } AS count
UNION ALL
RETURN 'IDENTIFIED' AS name, COUNT { ()-[:IDENTIFIED]->() } AS count
UNION ALL
RETURN 'ABOUT' AS name, COUNT { ()-[:ABOUT]->() } AS count
UNION ALL
RETURN 'COVERS' AS name, COUNT { ()-[:COVERS]->() } AS count
UNION ALL
RETURN 'OF' AS name, COUNT { ()-[:OF]->() } AS count
UNION ALL
RETURN 'GATHERS' AS name, COUNT { ()-[:GATHERS]->() } AS count
UNION ALL
RETURN 'CAUSED_BY' AS name, COUNT { ()-[:CAUSED_BY]->() } AS count
UNION ALL
RETURN 'ASSESSES' AS name, COUNT { ()-[:ASSESSES]->() } AS count
UNION ALL
RETURN 'CONCERNS' AS name, COUNT { ()-[:CONCERNS]->() } AS count
UNION ALL
RETURN 'HAS_STEP' AS name, COUNT { ()-[:HAS_STEP]->() } AS count;

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
  UNION ALL
  MATCH (node:Assessment)
  RETURN 'Assessment' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:Finding)
  RETURN 'Finding' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:Recovery)
  RETURN 'Recovery' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:RecoveryStep)
  RETURN 'RecoveryStep' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:Scenario)
  RETURN 'Scenario' AS name, node
  LIMIT $first
  UNION ALL
  MATCH (node:ScenarioRun)
  RETURN 'ScenarioRun' AS name, node
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
  UNION ALL
  MATCH (dependent)-[edge:ASSESSES]->(provider)
  RETURN 'ASSESSES' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:CONCERNS]->(provider)
  RETURN 'CONCERNS' AS name, dependent, edge, provider
  LIMIT $first
  UNION ALL
  MATCH (dependent)-[edge:HAS_STEP]->(provider)
  RETURN 'HAS_STEP' AS name, dependent, edge, provider
  LIMIT $first
}
WITH name, labels(dependent) AS dependents, labels(provider) AS providers, keys(edge) AS properties
WITH name, [one IN dependents WHERE one <> 'ConfigurationItem'][0] AS dependent,
     [one IN providers WHERE one <> 'ConfigurationItem'][0] AS provider, properties
UNWIND CASE WHEN properties = [] THEN [null] ELSE properties END AS property
RETURN name, dependent, provider, collect(DISTINCT property) AS properties
ORDER BY name, dependent, provider;

// name: saved_queries
// Every query that was saved, by name.
// params: nothing
// returns: saved
// scan: there are few saved queries, and all are listed
MATCH (saved:SavedQuery)
RETURN saved {.*} AS saved
ORDER BY saved.name;

// name: saved_query
// One saved query.
// params: name (string)
// returns: saved
MATCH (saved:SavedQuery {name: $name})
RETURN saved {.*} AS saved;

// name: save_query
// Saves a query by its name, in place of one that was saved before.
// params: name (string), properties (map)
// returns: nothing
MERGE (saved:SavedQuery {name: $name})
SET saved += $properties;

// name: remove_saved_query
// Forgets a saved query.
// params: name (string)
// returns: nothing
MATCH (saved:SavedQuery {name: $name})
DELETE saved;
