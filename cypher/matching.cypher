// name: items_identified_by
// The items that carry these identifiers, or carried them. Retired items answer to nothing.
// params: identifiers (list of {kind, value})
// returns: kind, value, key, since, until
UNWIND $identifiers AS wanted
MATCH (identifier:Identifier {kind: wanted.kind, value: wanted.value})-[tie:IDENTIFIES|IDENTIFIED]->(item:ConfigurationItem)
WHERE item.lifecycle <> 'RETIRED'
RETURN wanted.kind AS kind, wanted.value AS value, item.key AS key, tie.since AS since, tie.until AS until
ORDER BY kind, value, key, since;

// name: items_with_short_name
// The items one of whose host names begins with these labels: `db-1` for `db-1.corp.example`.
// params: names (list of string)
// returns: name, keys
UNWIND $names AS name
MATCH (identifier:Identifier {shortName: name})-[:IDENTIFIES]->(item:ConfigurationItem)
WHERE item.lifecycle <> 'RETIRED'
WITH name, item ORDER BY item.key
RETURN name, collect(DISTINCT item.key) AS keys;

// name: items_with_keys
// Which of these are keys of items.
// params: keys (list of string)
// returns: keys
UNWIND $keys AS wanted
MATCH (item:ConfigurationItem {key: wanted})
WHERE item.lifecycle <> 'RETIRED'
RETURN collect(DISTINCT item.key) AS keys;

// name: environments_of
// The environments of those of these items that say theirs.
// params: keys (list of string)
// returns: key, environment
UNWIND $keys AS wanted
MATCH (item:ConfigurationItem {key: wanted})
WHERE item.environment IS NOT NULL
RETURN item.key AS key, item.environment AS environment;

// name: standing_on
// Which of these items stand on the other of their pair: through hard dependencies alone, at most three, and no group.
// Nothing of the business is taken to be on a host: an alert that names both is about the host.
// params: pairs (list of {dependent, provider})
// returns: dependent, provider
UNWIND $pairs AS pair
MATCH (dependent:ConfigurationItem {key: pair.dependent})
WHERE NOT dependent:BusinessProcess AND NOT dependent:BusinessService
MATCH (provider:ConfigurationItem {key: pair.provider})
WHERE EXISTS {
  MATCH path = (dependent)-[:DEPENDS_ON|LOCATED_IN*1..3]->(provider)
  WHERE all(edge IN relationships(path) WHERE coalesce(edge.strength, 'HARD') = 'HARD')
    AND none(one IN nodes(path) WHERE one:RedundancyGroup)
}
RETURN pair.dependent AS dependent, pair.provider AS provider;

// name: match_rules
// Every match rule, oldest first.
// params: nothing
// returns: rule
// scan: every rule is wanted
MATCH (rule:MatchRule)
RETURN rule {.*} AS rule
ORDER BY rule.createdAt, rule.id;

// name: put_match_rule
// Stores a match rule; one of the same kind, pattern and item stays as it is.
// params: id (string), kind (string), pattern (string), key (string, item key), by (string), at (datetime), version (integer)
// returns: rule
MERGE (rule:MatchRule {id: $id})
ON CREATE SET rule.kind = $kind, rule.pattern = $pattern, rule.key = $key, rule.createdBy = $by, rule.createdAt = $at,
              rule.version = $version
RETURN rule {.*} AS rule;

// name: remove_match_rule
// Drops a match rule.
// params: id (string)
// returns: count
MATCH (rule:MatchRule {id: $id})
DELETE rule
RETURN count(*) AS count;

// name: queue
// The open events about no known item, by what they are waiting under, most first.
// params: after (integer), first (integer, 1..501)
// returns: tier, value, candidates, count, first_at, last_at, event
MATCH (event:Event {status: 'firing'})
WHERE event.matchKey IS NULL
WITH event ORDER BY event.receivedAt, event.id
WITH event.queuedTier AS tier, event.queuedValue AS value, event.candidates AS candidates, collect(event) AS events
WITH tier, value, candidates, size(events) AS count, head(events) AS oldest, last(events) AS newest
RETURN tier, value, candidates, count, oldest.receivedAt AS first_at, newest.receivedAt AS last_at, newest {.*} AS event
ORDER BY count DESC, tier, value
SKIP $after LIMIT $first;

// name: count_queue
// How many groups of open events about no known item there are.
// params: nothing
// returns: count
MATCH (event:Event {status: 'firing'})
WHERE event.matchKey IS NULL
WITH DISTINCT event.queuedTier AS tier, event.queuedValue AS value, event.candidates AS candidates
RETURN count(*) AS count;

// name: unmatched_events
// Open events about no known item, those that wait longest first.
// params: after (string, an event id, or empty), first (integer)
// returns: event
MATCH (event:Event {status: 'firing'})
WHERE event.matchKey IS NULL AND event.id > $after
RETURN event {.*} AS event
ORDER BY event.id
LIMIT $first;

// name: items_alike
// Of each text the items whose key, name or an identifier is somewhat like it, the most alike first, with all these names.
// params: texts (list of Lucene queries), first (integer)
// returns: text, key, names
UNWIND $texts AS text
CALL (text) {
  CALL db.index.fulltext.queryNodes('item_search', text, {limit: $first}) YIELD node, score
  OPTIONAL MATCH (node)-[:IDENTIFIES]->(identified:ConfigurationItem)
  WITH CASE WHEN node:Identifier THEN identified ELSE node END AS item, score
  WHERE item.lifecycle <> 'RETIRED'
  RETURN item, max(score) AS score
}
RETURN text, item.key AS key, [item.name] + [(identifier:Identifier)-[:IDENTIFIES]->(item) | identifier.value] AS names
ORDER BY text, score DESC, key;
