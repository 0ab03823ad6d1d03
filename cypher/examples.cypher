// Questions architects ask, to be run by hand in any Neo4j tool: `underpin examples` lists them, and
// `underpin examples NAME` prints one with values for its parameters. Edges run from the dependent to the provider.
// Look items up by `ConfigurationItem {key: …}`: that is the label the index is on.

// name: processes_on_an_item
// Which business processes stand on an item, nearest first?
// params: key (string, item key)
// example: {"key": "san-1"}
// returns: process, name, tier, hops
MATCH path = (process:BusinessProcess)-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]->(:ConfigurationItem {key: $key})
WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') <> 'INFO')
WITH process, min(length(path)) AS hops
RETURN process.key AS process, process.name AS name, process.tier AS tier, hops
ORDER BY hops, process;

// name: foundations_of_a_process
// What does a business process stand on, counted by type?
// params: key (string, key of a business process)
// example: {"key": "card-payments"}
// returns: type, items
MATCH (:ConfigurationItem {key: $key})-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]->(item:ConfigurationItem)
WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') <> 'INFO')
WITH DISTINCT item
RETURN [label IN labels(item) WHERE label <> 'ConfigurationItem'][0] AS type, count(*) AS items
ORDER BY items DESC, type;

// name: why_it_depends
// Along which shortest chains does one item depend on another?
// params: dependent (string, item key), provider (string, item key)
// example: {"dependent": "card-payments", "provider": "san-1"}
// returns: chain
MATCH path = ALL SHORTEST (:ConfigurationItem {key: $dependent})
  -[:DEPENDS_ON|HAS_MEMBER|LOCATED_IN]->+(:ConfigurationItem {key: $provider})
RETURN [item IN nodes(path) | item.key] AS chain
ORDER BY chain;

// name: common_foundations
// What do all of these items stand on, the closest first? The first rows are the likely common cause.
// params: keys (list of item keys)
// example: {"keys": ["ledger-db-1", "ledger-db-2"]}
// returns: item, type, hops
UNWIND $keys AS key
MATCH path = (:ConfigurationItem {key: key})-[:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]->(item:ConfigurationItem)
WITH item, key, min(length(path)) AS hops
WITH item, count(*) AS standing, sum(hops) AS hops
WHERE standing = size($keys)
RETURN item.key AS item, [label IN labels(item) WHERE label <> 'ConfigurationItem'][0] AS type, hops
ORDER BY hops, item;

// name: neighbourhood
// Which edges lie within two hops of an item, for a map?
// params: key (string, item key)
// example: {"key": "core-ledger"}
// returns: dependent, relation, strength, provider
MATCH (:ConfigurationItem {key: $key})-[edges*1..2]-(:ConfigurationItem)
UNWIND edges AS edge
WITH DISTINCT edge
RETURN startNode(edge).key AS dependent, type(edge) AS relation, edge.strength AS strength, endNode(edge).key AS provider
ORDER BY dependent, provider, relation;

// name: most_needed_items
// Which items do most others need directly?
// params: first (integer)
// example: {"first": 10}
// returns: item, type, dependents
// scan: every item is counted
MATCH (item:ConfigurationItem)
WITH item, COUNT { (item)<-[:DEPENDS_ON]-() } AS dependents
WHERE dependents > 0
RETURN item.key AS item, [label IN labels(item) WHERE label <> 'ConfigurationItem'][0] AS type, dependents
ORDER BY dependents DESC, item
LIMIT $first;

// name: single_points_of_failure
// Which components does an IT service need without a spare, and how many business processes stand on them?
// params: first (integer)
// example: {"first": 20}
// returns: component, processes
// scan: every component is looked at
MATCH (component:Component)
WHERE EXISTS { (component)<-[:DEPENDS_ON {strength: 'HARD'}]-(:ITService) }
  AND NOT EXISTS { (component)<-[:HAS_MEMBER]-() }
CALL (component) {
  MATCH (component)<-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]-(process:BusinessProcess)
  WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') = 'HARD')
  RETURN count(DISTINCT process) AS processes
}
RETURN component.key AS component, processes
ORDER BY processes DESC, component
LIMIT $first;

// name: groups_without_a_spare
// Which redundancy groups need every one of their members?
// params: nothing
// example: {}
// returns: redundancy_group, needed, members
// scan: every group is looked at
MATCH (redundancy:RedundancyGroup)-[membership:HAS_MEMBER]->()
WITH redundancy, sum(coalesce(membership.weight, 1)) AS members
WHERE redundancy.minAvailable IS :: INTEGER AND redundancy.minAvailable >= members OR redundancy.minAvailable = '100%'
RETURN redundancy.key AS redundancy_group, redundancy.minAvailable AS needed, members
ORDER BY redundancy_group;

// name: groups_under_one_roof
// Which redundancy groups have all their members in one place, directly or through what they run on?
// params: nothing
// example: {}
// returns: location, redundancy_group
// scan: every group is looked at
MATCH (redundancy:RedundancyGroup)
WITH redundancy, COUNT { (redundancy)-[:HAS_MEMBER]->() } AS members
MATCH (redundancy)-[:HAS_MEMBER]->(member)-[:DEPENDS_ON|LOCATED_IN*1..6]->(location:Location)
WITH redundancy, members, location, count(DISTINCT member) AS inside
WHERE members > 1 AND inside = members
RETURN location.key AS location, redundancy.key AS redundancy_group
ORDER BY location, redundancy_group;

// name: redundancy_that_shares_a_foundation
// Which redundancy groups lose all their members when one single item fails?
// params: nothing
// example: {}
// returns: redundancy_group, item, members
// scan: every group is looked at
MATCH (redundancy:RedundancyGroup)
WITH redundancy, COUNT { (redundancy)-[:HAS_MEMBER]->() } AS members
MATCH (redundancy)-[:HAS_MEMBER]->(member)-[edges:DEPENDS_ON*1..4]->(item:Component)
WHERE members > 1 AND all(edge IN edges WHERE edge.strength = 'HARD')
WITH redundancy, members, item, count(DISTINCT member) AS standing
WHERE standing = members
RETURN redundancy.key AS redundancy_group, item.key AS item, members
ORDER BY redundancy_group, item;

// name: dependency_cycles
// Which items depend on themselves through up to five others?
// params: first (integer)
// example: {"first": 20}
// returns: cycle
// scan: every item may lie on a cycle
MATCH path = (item:ConfigurationItem)-[:DEPENDS_ON*2..6]->(item)
WITH [one IN nodes(path) | one.key] AS cycle
WHERE all(key IN cycle WHERE cycle[0] <= key)
RETURN DISTINCT cycle
ORDER BY size(cycle), cycle
LIMIT $first;

// name: unused_components
// Which components does nobody need?
// params: first (integer)
// example: {"first": 20}
// returns: component, kind, owner
// scan: every component is looked at
MATCH (component:Component)
WHERE NOT EXISTS { (component)<-[:DEPENDS_ON|HAS_MEMBER]-() }
RETURN component.key AS component, component.kind AS kind, [(component)-[:OWNED_BY]->(team) | team.key][0] AS owner
ORDER BY component
LIMIT $first;

// name: important_but_nobodys
// Which items under tier 0 and 1 processes have no owner?
// params: first (integer)
// example: {"first": 20}
// returns: item, processes
// scan: every important process is followed down
MATCH (process:BusinessProcess)-[edges:DEPENDS_ON|HAS_MEMBER*1..]->(item:ITService|Component)
WHERE process.tier <= 1 AND all(edge IN edges WHERE coalesce(edge.strength, 'HARD') = 'HARD')
  AND NOT EXISTS { (item)-[:OWNED_BY]->(:Team) }
RETURN item.key AS item, count(DISTINCT process) AS processes
ORDER BY processes DESC, item
LIMIT $first;

// name: processes_without_targets
// Which business processes and services have no recovery time objective or no tolerable downtime?
// params: nothing
// example: {}
// returns: item, rto_seconds, mtpd_seconds
// scan: every business item is looked at
MATCH (item:BusinessProcess|BusinessService)
WHERE item.rtoSeconds IS NULL OR item.mtpdSeconds IS NULL
RETURN item.key AS item, item.rtoSeconds AS rto_seconds, item.mtpdSeconds AS mtpd_seconds
ORDER BY item;

// name: losses_within
// What does an outage of so long cost at least, by the last loss band that it has passed, the dearest first?
// params: seconds (integer)
// example: {"seconds": 14400}
// returns: item, loss, currency
// scan: every business item is looked at
MATCH (item:BusinessProcess|BusinessService)
WITH item, size([after IN item.lossBandSeconds WHERE after <= $seconds]) AS passed
WHERE passed > 0
RETURN item.key AS item, toFloat(item.lossBandAmounts[passed - 1]) AS loss, item.lossCurrency AS currency
ORDER BY loss DESC, item;

// name: slower_than_promised
// Which items take longer to recover than the objective of a process that cannot do without them?
// params: first (integer)
// example: {"first": 20}
// returns: process, rto_seconds, item, recovery_seconds
// scan: every process is followed down
MATCH (process:BusinessProcess)-[edges:DEPENDS_ON*1..]->(item:ConfigurationItem)
WHERE all(edge IN edges WHERE edge.strength = 'HARD') AND item.recoveryTimeSeconds > process.rtoSeconds
WITH DISTINCT process, item
RETURN process.key AS process, process.rtoSeconds AS rto_seconds, item.key AS item,
       item.recoveryTimeSeconds AS recovery_seconds
ORDER BY recovery_seconds - rto_seconds DESC, process, item
LIMIT $first;

// name: recovery_never_tested
// Which recovery times under tier 0 processes are a guess, or were tested before a day?
// params: since (string, a day such as 2026-01-01), first (integer)
// example: {"since": "2026-06-01", "first": 20}
// returns: item, recovery_seconds, evidence, tested_on
// scan: every tier 0 process is followed down
MATCH (process:BusinessProcess {tier: 0})-[:DEPENDS_ON|HAS_MEMBER*1..]->(item:ConfigurationItem)
WHERE item.recoveryTimeSeconds IS NOT NULL
  AND (coalesce(item.recoveryEvidence, 'DEFAULT') <> 'TESTED' OR coalesce(item.lastTestedOn, '') < $since)
WITH DISTINCT item
RETURN item.key AS item, item.recoveryTimeSeconds AS recovery_seconds, item.recoveryEvidence AS evidence,
       item.lastTestedOn AS tested_on
ORDER BY item
LIMIT $first;

// name: suppliers_of_a_process
// Which suppliers does a business process stand on, subcontractors included?
// params: key (string, key of a business process)
// example: {"key": "card-payments"}
// returns: supplier, hops, substitutability, exit_plan
MATCH path = (:ConfigurationItem {key: $key})
  -[:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF*1..]->(supplier:ThirdParty)
WITH supplier, min(length(path)) AS hops
RETURN supplier.key AS supplier, hops, supplier.substitutability AS substitutability, supplier.exitPlan AS exit_plan
ORDER BY hops, supplier;

// name: supplier_concentration
// On which suppliers do most business processes stand?
// params: nothing
// example: {}
// returns: supplier, processes
// scan: every supplier is followed up
MATCH (supplier:ThirdParty)
CALL (supplier) {
  MATCH (supplier)<-[:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF*1..]-(process:BusinessProcess)
  RETURN count(DISTINCT process) AS processes
}
RETURN supplier.key AS supplier, processes
ORDER BY processes DESC, supplier;

// name: contents_of_a_location
// What is in a location, its rooms and racks included?
// params: key (string, key of a location)
// example: {"key": "fra"}
// returns: item, type, place
MATCH (:ConfigurationItem {key: $key})<-[:LOCATED_IN|PART_OF*0..]-(place:Location)<-[:LOCATED_IN]-(item:ConfigurationItem)
WITH DISTINCT item, place
RETURN item.key AS item, [label IN labels(item) WHERE label <> 'ConfigurationItem'][0] AS type, place.key AS place
ORDER BY place, item;

// name: processes_by_location
// How many business processes are hurt when a whole location is lost?
// params: nothing
// example: {}
// returns: location, kind, processes
// scan: every location is followed up
MATCH (location:Location)
CALL (location) {
  MATCH (location)<-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]-(process:BusinessProcess)
  WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') = 'HARD')
  RETURN count(DISTINCT process) AS processes
}
RETURN location.key AS location, location.kind AS kind, processes
ORDER BY processes DESC, location;

// name: soft_dependencies
// Which dependencies of a process and its services are soft, so that it goes on without them?
// params: key (string, key of a business process)
// example: {"key": "card-payments"}
// returns: dependent, provider
MATCH (:ConfigurationItem {key: $key})-[:DEPENDS_ON|HAS_MEMBER*0..]->(dependent:ConfigurationItem)
MATCH (dependent)-[:DEPENDS_ON {strength: 'SOFT'}]->(provider:ConfigurationItem)
RETURN DISTINCT dependent.key AS dependent, provider.key AS provider
ORDER BY dependent, provider;

// name: work_of_a_team
// What does a team own or operate, and how many business processes stand on each?
// params: key (string, key of a team)
// example: {"key": "database-team"}
// returns: item, relation, processes
MATCH (:ConfigurationItem {key: $key})<-[duty:OWNED_BY|OPERATED_BY]-(item:ConfigurationItem)
CALL (item) {
  MATCH (item)<-[:DEPENDS_ON|HAS_MEMBER*1..]-(process:BusinessProcess)
  RETURN count(DISTINCT process) AS processes
}
RETURN item.key AS item, type(duty) AS relation, processes
ORDER BY processes DESC, item;

// name: shared_names
// Which identifiers name several items, so that an event about them is ambiguous?
// params: nothing
// example: {}
// returns: kind, value, items
// scan: every identifier is looked at
MATCH (identifier:Identifier)
WHERE COUNT { (identifier)-[:IDENTIFIES]->() } > 1
RETURN identifier.kind AS kind, identifier.value AS value, [(identifier)-[:IDENTIFIES]->(item) | item.key] AS items
ORDER BY kind, value;

// name: open_events_under_a_process
// Which open events are about something a business process stands on?
// params: key (string, key of a business process)
// example: {"key": "card-payments"}
// returns: item, severity, summary, since
MATCH (:ConfigurationItem {key: $key})-[:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*0..]->(item:ConfigurationItem)
WITH DISTINCT item
MATCH (item)<-[:ABOUT]-(event:Event {status: 'firing'})
RETURN item.key AS item, event.severity AS severity, event.summary AS summary, event.startsAt AS since
ORDER BY since, item;

// name: what_was_down
// What of the business was not OPERATIONAL in a time, from when to when, and why? The latest to begin first.
// params: from (string, an instant), until (string, an instant)
// example: {"from": "2026-11-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
// returns: item, state, since, ended, why
MATCH (period:HealthPeriod)
WHERE period.since < datetime($until) AND (period.lasts OR period.endedAt > datetime($from))
RETURN period.key AS item, period.state AS state, period.since AS since, period.endedAt AS ended, period.sentence AS why
ORDER BY since DESC, item;

// name: latest_changes
// Who changed the inventory last, and what?
// params: first (integer)
// example: {"first": 10}
// returns: version, at, caller, source, touched, removed
MATCH (change:Change)
WHERE change.version > 0
RETURN change.version AS version, change.at AS at, change.caller AS caller, change.source AS source,
       change.touched[0..10] AS touched, change.removed[0..10] AS removed
ORDER BY version DESC
LIMIT $first;

// name: findings_of_a_team
// What have the checks found of the items that a team owns, that nobody has accepted? The severest first.
// params: team (string, key of a team)
// example: {"team": "lending-team"}
// returns: severity, code, item, sentence
MATCH (:Team {key: $team})<-[:OWNED_BY]-(item:ConfigurationItem)<-[:CONCERNS]-(finding:Finding {status: 'OPEN'})
RETURN finding.severity AS severity, finding.code AS code, item.key AS item, finding.sentence AS sentence
ORDER BY finding.rank, code, item;

// name: objectives_below_those_they_need
// Which business items promise to be back sooner than something they need directly promises?
// params: nothing
// example: {}
// returns: item, rto_seconds, provider, provider_rto_seconds
// scan: every business item is looked at
MATCH (item:BusinessProcess|BusinessService)-[edge:DEPENDS_ON]->(provider:ConfigurationItem)
WHERE coalesce(edge.strength, 'HARD') = 'HARD' AND item.rtoSeconds < provider.rtoSeconds
RETURN item.key AS item, item.rtoSeconds AS rto_seconds, provider.key AS provider,
       provider.rtoSeconds AS provider_rto_seconds
ORDER BY provider_rto_seconds - rto_seconds DESC, item, provider;

// name: services_without_targets
// Which IT services that processes of tier 0 and 1 cannot do without have no recovery time objective?
// params: first (integer)
// example: {"first": 20}
// returns: service, processes
// scan: every important process is followed down
MATCH (process:BusinessProcess)-[edges:DEPENDS_ON|HAS_MEMBER*1..]->(service:ITService)
WHERE process.tier <= 1 AND service.rtoSeconds IS NULL
  AND all(edge IN edges WHERE coalesce(edge.strength, 'HARD') = 'HARD')
RETURN service.key AS service, count(DISTINCT process) AS processes
ORDER BY processes DESC, service
LIMIT $first;

// name: processes_with_one_supplier
// Which business processes stand on a single supplier, subcontractors and corporate groups aside, and on which?
// params: nothing
// example: {}
// returns: supplier, process
// scan: every process is followed down
MATCH (process:BusinessProcess)
CALL (process) {
  MATCH (process)-[:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*0..]->()-[:PROVIDED_BY*1..2]->(supplier:ThirdParty)
  RETURN collect(DISTINCT supplier.key) AS suppliers
}
WITH process, suppliers
WHERE size(suppliers) = 1
RETURN suppliers[0] AS supplier, process.key AS process
ORDER BY supplier, process;

// name: contracts_that_end
// Which contracts end before a day for what they cover, and how many business processes stand on that?
// params: before (string, a day such as 2026-12-31)
// example: {"before": "2100-01-01"}
// returns: contract, item, ends, processes
// scan: every contract is looked at
MATCH (contract:Contract)<-[edge:PART_OF|PROVIDED_BY]-(item:ConfigurationItem)
WHERE edge.validTo < $before
CALL (item) {
  MATCH (item)<-[:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]-(process:BusinessProcess)
  RETURN count(DISTINCT process) AS processes
}
RETURN contract.key AS contract, item.key AS item, edge.validTo AS ends, processes
ORDER BY ends, contract, item;

// name: assessments_to_review
// Which approved business impact analyses were last reviewed before a day, and who answers for the item?
// params: before (string, a day such as 2026-01-01)
// example: {"before": "2100-01-01"}
// returns: item, version, reviewed_at, owner
// scan: every assessment is looked at
MATCH (assessment:Assessment {status: 'APPROVED'})-[:ASSESSES]->(item:ConfigurationItem)
WHERE assessment.reviewedAt < datetime($before)
RETURN item.key AS item, assessment.version AS version, assessment.reviewedAt AS reviewed_at,
       [(item)-[:OWNED_BY]->(team) | team.key][0] AS owner
ORDER BY reviewed_at, item;

// name: open_findings_by_check
// How many findings of each check are open, the severest first?
// params: nothing
// example: {}
// returns: severity, code, findings
MATCH (finding:Finding {status: 'OPEN'})
WITH finding.rank AS rank, finding.severity AS severity, finding.code AS code, count(*) AS findings
RETURN severity, code, findings
ORDER BY rank, findings DESC, code;
