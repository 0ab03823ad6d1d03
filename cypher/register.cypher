// name: register_contracts
// Every contract with its providers and what it is about.
// params: nothing
// returns: contract, providers, items
// scan: every contract is in the register
MATCH (contract:Contract)
RETURN contract {.key, .substitutability, .exitPlan, .attributes} AS contract,
       [(contract)-[:PROVIDED_BY]->(party:ThirdParty) | party.key] AS providers,
       [(item:ConfigurationItem)-[:PART_OF|PROVIDED_BY]->(contract) | item.key] AS items
ORDER BY contract.key;

// name: register_parties
// Every third party, and to whom it subcontracts.
// params: nothing
// returns: party, subcontractors
// scan: every third party may be in the register
MATCH (party:ThirdParty)
RETURN party {.key, .lei, .substitutability, .exitPlan} AS party,
       [(party)-[:SUBCONTRACTS_TO]->(other:ThirdParty) | other.key] AS subcontractors
ORDER BY party.key;

// name: register_functions
// Every business process, and when its business impact analysis was last reviewed.
// params: nothing
// returns: function, reviewed_at
// scan: every function is in the register
MATCH (item:BusinessProcess)
OPTIONAL MATCH (assessment:Assessment {itemKey: item.key, status: 'APPROVED'})
RETURN item {.key, .name, .criticalOrImportant, .rtoSeconds, .rpoSeconds, .attributes} AS function,
       assessment.reviewedAt AS reviewed_at
ORDER BY item.key;

// name: register_uncontracted
// What third parties provide under no known contract, as pairs of item and third party.
// params: nothing
// returns: item, party
// scan: every third party is looked at
MATCH (party:ThirdParty)<-[:PROVIDED_BY]-(item:ConfigurationItem)
WHERE NOT item:Contract AND NOT EXISTS { (item)-[:PART_OF|PROVIDED_BY]->(:Contract) }
RETURN item.key AS item, party.key AS party
ORDER BY item, party;
