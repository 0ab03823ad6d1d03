// name: item_facts
// Of the next items in key order those that say something of recovery which the arrays do not hold, as columns.
// params: after (string, the last key of the page before), size (integer, 1..50000)
// returns: last, keys, facts
MATCH (item:ConfigurationItem)
WHERE item.key > $after
WITH item ORDER BY item.key LIMIT $size
// Numbers stand for what nobody gave: collect() would leave a null out. What says nothing is left out whole.
WITH item, coalesce(item.rtoSeconds, item.mtpdSeconds, item.wrtSeconds, item.rpoSeconds, item.contractRtoSeconds,
                    item.replicationLagSeconds, item.backupIntervalSeconds, item.recoveryEvidence) IS NOT NULL AS says
RETURN max(item.key) AS last, collect(CASE WHEN says THEN item.key END) AS keys,
       collect(CASE WHEN says THEN
           [coalesce(item.rtoSeconds, -1), coalesce(item.mtpdSeconds, -1), coalesce(item.wrtSeconds, -1),
            coalesce(item.rpoSeconds, -1), coalesce(item.contractRtoSeconds, -1),
            coalesce(item.replicationLagSeconds, -1), coalesce(item.backupIntervalSeconds, -1),
            CASE item.recoveryEvidence WHEN 'TESTED' THEN 0 WHEN 'CONTRACTUAL' THEN 1 WHEN 'ESTIMATED' THEN 2
                                       WHEN 'DEFAULT' THEN 3 ELSE -1 END] END) AS facts;

// name: item_facts_by_key
// The same columns of these items; a key that names nothing is left out.
// params: keys (list of string, at most 50000)
// returns: keys, facts
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
RETURN collect(item.key) AS keys,
       collect([coalesce(item.rtoSeconds, -1), coalesce(item.mtpdSeconds, -1), coalesce(item.wrtSeconds, -1),
                coalesce(item.rpoSeconds, -1), coalesce(item.contractRtoSeconds, -1),
                coalesce(item.replicationLagSeconds, -1), coalesce(item.backupIntervalSeconds, -1),
                CASE item.recoveryEvidence WHEN 'TESTED' THEN 0 WHEN 'CONTRACTUAL' THEN 1 WHEN 'ESTIMATED' THEN 2
                                           WHEN 'DEFAULT' THEN 3 ELSE -1 END]) AS facts;

// name: edge_facts
// The edges that count otherwise in recovery than in running, that carry data, or that make a part of a whole, as
// columns: `recovery` is 1 where recovery waits though running does not, -1 the other way round, else 0.
// params: nothing
// returns: dependents, providers, recovery, data, part
// scan: every dependency is looked at, once when the estate is read
MATCH (dependent:ConfigurationItem)-[edge:DEPENDS_ON|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF|PART_OF]->(provider:ConfigurationItem)
WITH dependent, provider, edge, type(edge) <> 'OPERATED_BY' AND coalesce(edge.strength, 'HARD') = 'HARD' AS hard
WITH dependent, provider, type(edge) = 'PART_OF' AS part, coalesce(edge.dataDependency, false) AS data,
     CASE coalesce(edge.neededForRecovery, hard OR type(edge) = 'OPERATED_BY')
         WHEN hard THEN 0 WHEN true THEN 1 ELSE -1 END AS recovery
WITH dependent, provider, part, NOT part AND data AS data, CASE WHEN part THEN 0 ELSE recovery END AS recovery
WHERE data OR part OR recovery <> 0
RETURN collect(coalesce(dependent.key, '')) AS dependents, collect(coalesce(provider.key, '')) AS providers,
       collect(recovery) AS recovery, collect(data) AS data, collect(part) AS part;

// name: edge_facts_by_dependent
// The same columns of the edges that leave these items.
// params: keys (list of string, at most 50000)
// returns: dependents, providers, recovery, data, part
UNWIND $keys AS key
MATCH (dependent:ConfigurationItem {key: key})-[edge:DEPENDS_ON|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF|PART_OF]->(provider:ConfigurationItem)
WITH dependent, provider, edge, type(edge) <> 'OPERATED_BY' AND coalesce(edge.strength, 'HARD') = 'HARD' AS hard
WITH dependent, provider, type(edge) = 'PART_OF' AS part, coalesce(edge.dataDependency, false) AS data,
     CASE coalesce(edge.neededForRecovery, hard OR type(edge) = 'OPERATED_BY')
         WHEN hard THEN 0 WHEN true THEN 1 ELSE -1 END AS recovery
WITH dependent, provider, part, NOT part AND data AS data, CASE WHEN part THEN 0 ELSE recovery END AS recovery
WHERE data OR part OR recovery <> 0
RETURN collect(coalesce(dependent.key, '')) AS dependents, collect(coalesce(provider.key, '')) AS providers,
       collect(recovery) AS recovery, collect(data) AS data, collect(part) AS part;
