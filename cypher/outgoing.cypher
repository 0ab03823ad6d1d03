// name: told_version
// The version of the events up to which changes of events and of maintenance were told of.
// params: nothing
// returns: version
OPTIONAL MATCH (place:ToldPlace {id: 'changes'})
RETURN coalesce(place.version, 0) AS version;

// name: move_told_version
// Notes that changes up to a version are told of, unless somebody else has told of some. The first SET makes them wait.
// params: before (integer), after (integer)
// returns: version
MERGE (place:ToldPlace {id: 'changes'})
SET place.version = coalesce(place.version, 0)
WITH place
WHERE place.version = $before
SET place.version = $after
RETURN place.version AS version;

// name: events_taken_since
// The open events that have changed after a version and were acknowledged since an instant.
// params: version (integer), at (datetime)
// returns: event
MATCH (event:Event)
WHERE event.version > $version AND event.acknowledgedAt >= $at AND event.status = 'firing'
RETURN event {.*} AS event
ORDER BY event.id;

// name: tell_unmatched
// Notes that groups of unmatched events are told of, and gives those that were not.
// params: ids (list of string, sorted), at (datetime)
// returns: id
UNWIND $ids AS id
MERGE (told:ToldUnmatched {id: id})
WITH told
WHERE told.toldAt IS NULL
SET told.toldAt = $at
RETURN told.id AS id
ORDER BY id;

// name: forget_told_unmatched
// Forgets groups that were told of before an instant.
// params: before (datetime), first (integer)
// returns: nothing
MATCH (told:ToldUnmatched)
WHERE told.toldAt < $before
WITH told LIMIT $first
DELETE told;

// name: impact_turn
// How often impacts were told of, 0 before the first time.
// params: nothing
// returns: turn
OPTIONAL MATCH (place:ToldPlace {id: 'impacts'})
RETURN coalesce(place.turn, 0) AS turn;

// name: take_impact_turn
// Takes the next turn and, until the commit, the right to tell of impacts; up to where they were told of so far.
// params: nothing
// returns: turn, graph_version, event_version
MERGE (place:ToldPlace {id: 'impacts'})
SET place.turn = coalesce(place.turn, 0) + 1
RETURN place.turn AS turn, coalesce(place.graphVersion, 0) AS graph_version, coalesce(place.eventVersion, 0) AS event_version;

// name: end_impact_turn
// Notes up to which version of the graph and of the events impacts are told of.
// params: graph_version (integer), event_version (integer)
// returns: nothing
MATCH (place:ToldPlace {id: 'impacts'})
SET place.graphVersion = $graph_version, place.eventVersion = $event_version;

// name: told_impacts
// What was told last of each business item that is hurt.
// params: nothing
// returns: told
// scan: all of them are wanted
MATCH (told:ToldImpact)
RETURN told {.*} AS told
ORDER BY told.key;

// name: write_told_impacts
// Notes what is told of business items.
// params: rows (list of {key, properties})
// returns: nothing
UNWIND $rows AS row
MERGE (told:ToldImpact {key: row.key})
SET told += row.properties;

// name: drop_told_impacts
// Notes that business items are hurt no longer.
// params: keys (list of string)
// returns: nothing
UNWIND $keys AS key
MATCH (told:ToldImpact {key: key})
DELETE told;
