// name: situation_turn
// How often the situations were written, 0 before the first time.
// params: nothing
// returns: turn
OPTIONAL MATCH (history:SituationHistory {id: 'situations'})
RETURN coalesce(history.turn, 0) AS turn;

// name: take_situation_turn
// Takes the next turn and, until the commit, the right to write situations; up to where they were written so far.
// params: nothing
// returns: turn, graph_version, event_version
MERGE (history:SituationHistory {id: 'situations'})
SET history.turn = coalesce(history.turn, 0) + 1
RETURN history.turn AS turn, coalesce(history.graphVersion, 0) AS graph_version, coalesce(history.eventVersion, 0) AS event_version;

// name: end_situation_turn
// Notes up to which version of the graph and of the events the situations are written.
// params: graph_version (integer), event_version (integer)
// returns: nothing
MATCH (history:SituationHistory {id: 'situations'})
SET history.graphVersion = $graph_version, history.eventVersion = $event_version;

// name: held_situations
// The situations that are open or were resolved after an instant, those that were merged aside, with their events and
// the items these are about.
// params: after (datetime)
// returns: situation, events, items
CALL () {
  MATCH (situation:Situation {status: 'open'})
  RETURN situation
  UNION
  MATCH (situation:Situation)
  WHERE situation.resolvedAt > $after AND situation.mergedInto IS NULL
  RETURN situation
}
OPTIONAL MATCH (situation)-[gathers:GATHERS]->(event:Event)
WHERE gathers.until IS NULL
WITH situation, collect(event.id) AS events, collect(DISTINCT event.matchKey) AS items
RETURN situation {.*} AS situation, events, items
ORDER BY situation.id;

// name: write_situations
// Writes situations as they are now, with the causes that are still in the graph.
// params: rows (list of {id, properties, at, causes}; at: places in instants, causes a list of {key, rank}), instants (list of datetime)
// returns: nothing
UNWIND $rows AS row
MERGE (situation:Situation {id: row.id})
SET situation = row.properties,
    situation.openedAt = $instants[row.at.opened],
    situation.changedAt = $instants[row.at.changed],
    situation.startedAt = $instants[row.at.started],
    situation.resolvedAt = $instants[row.at.resolved],
    situation.quietSince = $instants[row.at.quiet],
    situation.announcedAt = $instants[row.at.announced]
WITH situation, row
CALL (situation) {
  MATCH (situation)-[earlier:CAUSED_BY]->(:ConfigurationItem)
  DELETE earlier
}
UNWIND row.causes AS cause
MATCH (item:ConfigurationItem {key: cause.key})
CREATE (situation)-[:CAUSED_BY {rank: cause.rank}]->(item);

// name: drop_situations
// Drops situations of which nobody was told.
// params: ids (list of string)
// returns: nothing
UNWIND $ids AS id
MATCH (situation:Situation {id: id})
DETACH DELETE situation;

// name: release_events
// Lets events go that a situation gathered.
// params: rows (list of {id, event}), at (datetime)
// returns: nothing
UNWIND $rows AS row
MATCH (event:Event {id: row.event})<-[gathers:GATHERS]-(:Situation {id: row.id})
SET gathers.until = $at;

// name: gather_events
// Adds events to a situation.
// params: rows (list of {id, event})
// returns: nothing
UNWIND $rows AS row
MATCH (situation:Situation {id: row.id})
MATCH (event:Event {id: row.event})
MERGE (situation)-[gathers:GATHERS]->(event)
REMOVE gathers.until;

// name: forget_situations
// Drops what was resolved before an instant.
// params: before (datetime), most (integer)
// returns: nothing
MATCH (situation:Situation)
WHERE situation.resolvedAt < $before
WITH situation LIMIT $most
DETACH DELETE situation;

// name: situations
// Situations, the last to open first.
// params: status (string or null), min_priority (integer or null), key (item key or null), before_at (datetime or null), before_id (string), first (integer, 1..501)
// returns: situation
MATCH (situation:Situation)
WHERE situation.openedAt IS NOT NULL
  AND ($status IS NULL OR situation.status = $status)
  AND ($min_priority IS NULL OR situation.priority <= $min_priority)
  AND ($key IS NULL OR EXISTS { (situation)-[:GATHERS]->(:Event {matchKey: $key}) })
  AND ($before_at IS NULL OR situation.openedAt < $before_at OR (situation.openedAt = $before_at AND situation.id > $before_id))
RETURN situation {.*} AS situation
ORDER BY situation.openedAt DESC, situation.id
LIMIT $first;

// name: count_situations
// How many situations pass the filter.
// params: status (string or null), min_priority (integer or null), key (item key or null)
// returns: count
// scan: counting looks at every situation that passes the filter
MATCH (situation:Situation)
WHERE ($status IS NULL OR situation.status = $status)
  AND ($min_priority IS NULL OR situation.priority <= $min_priority)
  AND ($key IS NULL OR EXISTS { (situation)-[:GATHERS]->(:Event {matchKey: $key}) })
RETURN count(situation) AS count;

// name: situation_by_id
// One situation.
// params: id (string)
// returns: situation
MATCH (situation:Situation {id: $id})
RETURN situation {.*} AS situation;

// name: situation_events
// The events that a situation gathers, or gathered last, by id.
// params: id (string), after (string, empty for the start), first (integer, 1..501)
// returns: id
MATCH (:Situation {id: $id})-[gathers:GATHERS]->(event:Event)
WHERE gathers.until IS NULL AND event.id > $after
RETURN event.id AS id
ORDER BY id
LIMIT $first;

// name: count_situation_events
// How many events that is.
// params: id (string)
// returns: count
MATCH (:Situation {id: $id})-[gathers:GATHERS]->(:Event)
WHERE gathers.until IS NULL
RETURN count(gathers) AS count;

// name: situations_of_events
// The situation that gathers each of these events.
// params: ids (list of string)
// returns: event, situation
UNWIND $ids AS id
MATCH (situation:Situation)-[gathers:GATHERS]->(:Event {id: id})
WHERE gathers.until IS NULL
RETURN id AS event, min(situation.id) AS situation
ORDER BY event;

// name: situation_items
// The items that these events are about.
// params: id (string)
// returns: key
MATCH (:Situation {id: $id})-[gathers:GATHERS]->(event:Event)
WHERE gathers.until IS NULL
RETURN DISTINCT event.matchKey AS key
ORDER BY key;
