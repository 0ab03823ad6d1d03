// name: health_turn
// How often the history of health was written, 0 before the first time.
// params: nothing
// returns: turn
OPTIONAL MATCH (history:HealthHistory {id: 'health'})
RETURN coalesce(history.turn, 0) AS turn;

// name: take_health_turn
// Takes the next turn and, until the commit, the right to write the history; up to where it was written so far.
// params: nothing
// returns: turn, graph_version, event_version
MERGE (history:HealthHistory {id: 'health'})
SET history.turn = coalesce(history.turn, 0) + 1
RETURN history.turn AS turn, coalesce(history.graphVersion, 0) AS graph_version, coalesce(history.eventVersion, 0) AS event_version;

// name: end_health_turn
// Notes up to which version of the graph and of the events the history is written.
// params: graph_version (integer), event_version (integer)
// returns: nothing
MATCH (history:HealthHistory {id: 'health'})
SET history.graphVersion = $graph_version, history.eventVersion = $event_version;

// name: open_health_periods
// The periods that last: who is not OPERATIONAL now, as it was last written.
// params: nothing
// returns: key, state, planned
MATCH (period:HealthPeriod {lasts: true})
RETURN period.key AS key, period.state AS state, period.planned AS planned
ORDER BY key;

// name: end_health_periods
// Ends what lasts of these items.
// params: keys (list of item keys), at (datetime)
// returns: nothing
UNWIND $keys AS key
MATCH (period:HealthPeriod {key: key})
WHERE period.lasts
SET period.endedAt = CASE WHEN $at > period.since THEN $at ELSE period.since END
REMOVE period.lasts;

// name: begin_health_periods
// Writes periods that last.
// params: rows (list of {key, properties})
// returns: nothing
UNWIND $rows AS row
CREATE (period:HealthPeriod)
SET period = row.properties
WITH period, row
MATCH (item:ConfigurationItem {key: row.key})
CREATE (period)-[:OF]->(item);

// name: forget_health_periods
// Drops what ended before an instant.
// params: before (datetime), most (integer)
// returns: nothing
MATCH (period:HealthPeriod)
WHERE period.endedAt < $before
WITH period LIMIT $most
DETACH DELETE period;

// name: health_periods
// What was not OPERATIONAL in a time, and why, the latest to begin first, then by key.
// params: key (item key or null), types (list of labels, empty for all), states (list of string, empty for all), from_at (datetime or null), until_at (datetime or null), before_at (datetime or null), before_key (string), before_id (string), first (integer, 1..501)
// returns: period
MATCH (period:HealthPeriod)
WHERE period.since IS NOT NULL
  AND ($until_at IS NULL OR period.since < $until_at)
  AND ($from_at IS NULL OR period.lasts OR period.endedAt > $from_at)
  AND ($key IS NULL OR period.key = $key)
  AND (size($types) = 0 OR period.type IN $types)
  AND (size($states) = 0 OR period.state IN $states)
  AND ($before_at IS NULL OR period.since < $before_at
    OR (period.since = $before_at AND (period.key > $before_key OR (period.key = $before_key AND period.id > $before_id))))
RETURN period {.*} AS period
ORDER BY period.since DESC, period.key, period.id
LIMIT $first;

// name: count_health_periods
// How many periods that is.
// params: key (item key or null), types (list of labels, empty for all), states (list of string, empty for all), from_at (datetime or null), until_at (datetime or null)
// returns: count
// scan: counting looks at every period
MATCH (period:HealthPeriod)
WHERE ($until_at IS NULL OR period.since < $until_at)
  AND ($from_at IS NULL OR period.lasts OR period.endedAt > $from_at)
  AND ($key IS NULL OR period.key = $key)
  AND (size($types) = 0 OR period.type IN $types)
  AND (size($states) = 0 OR period.state IN $states)
RETURN count(period) AS count;
