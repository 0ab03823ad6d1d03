// name: items_identified_by
// The items that carry these identifiers. Retired items answer to nothing.
// params: identifiers (list of {kind, value})
// returns: kind, value, keys
UNWIND $identifiers AS wanted
MATCH (identifier:Identifier {kind: wanted.kind, value: wanted.value})-[:IDENTIFIES]->(item:ConfigurationItem)
WHERE item.lifecycle <> 'RETIRED'
WITH wanted, item ORDER BY item.key
RETURN wanted.kind AS kind, wanted.value AS value, collect(DISTINCT item.key) AS keys;

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
// returns: key
UNWIND $keys AS wanted
MATCH (item:ConfigurationItem {key: wanted})
WHERE item.lifecycle <> 'RETIRED'
RETURN DISTINCT item.key AS key;

// name: event_version
// The version of the events: the number of deliveries stored so far, 0 before the first.
// params: nothing
// returns: version
OPTIONAL MATCH (counter:EventVersion {id: 'events'})
RETURN coalesce(counter.version, 0) AS version;

// name: next_event_version
// Takes the next version of the events and, until the commit, the right to write them.
// params: nothing
// returns: version
MERGE (counter:EventVersion {id: 'events'})
SET counter.version = coalesce(counter.version, 0) + 1
RETURN counter.version AS version;

// name: events_changed_since
// How the events stand that were stored or closed after a version.
// params: version (integer)
// returns: id, status, key, state, startsAt
MATCH (event:Event)
WHERE event.version > $version
RETURN event.id AS id, event.status AS status, event.matchKey AS key, event.state AS state, event.startsAt AS startsAt
ORDER BY id;

// name: store_events
// Stores events by id. What is resolved stays resolved, and an event stays with the item it was matched to first;
// once that is gone it may be matched again, and what it was about before is kept.
// params: rows (list of {id, properties, match, status, endsAt, closedAt, key}), version (integer)
// returns: nothing
UNWIND $rows AS row
MERGE (event:Event {id: row.id})
ON CREATE SET event += row.properties, event.version = $version
ON MATCH SET event.version = CASE WHEN event.status = 'firing' AND row.status = 'resolved' THEN $version ELSE event.version END,
             event.closedAt = CASE WHEN event.status = 'firing' AND row.status = 'resolved' THEN row.closedAt ELSE event.closedAt END,
             event.endsAt = CASE WHEN event.status = 'firing' AND row.status = 'resolved' THEN row.endsAt ELSE event.endsAt END,
             event.status = CASE WHEN event.status = 'resolved' THEN 'resolved' ELSE row.status END
WITH event, row
MATCH (item:ConfigurationItem {key: row.key})
WHERE NOT EXISTS { (event)-[:ABOUT]->(:ConfigurationItem) }
SET event.earlierUntil = CASE WHEN event.matchKey <> row.key THEN coalesce(event.earlierUntil, []) + row.properties.receivedAt ELSE event.earlierUntil END,
    event.earlierKeys = CASE WHEN event.matchKey <> row.key THEN coalesce(event.earlierKeys, []) + event.matchKey ELSE event.earlierKeys END,
    event.matchedAt = coalesce(event.matchedAt, row.properties.receivedAt)
SET event += row.match, event.version = $version
MERGE (event)-[:ABOUT]->(item);

// name: close_earlier_events
// Closes what the same alerts left open from an earlier time, for its resolve never reached us, and says how each event
// now stands, and whether this version changed anything of it.
// params: rows (list of {id, source, fingerprint, closedAt}), version (integer)
// returns: id, status, changed
UNWIND $rows AS row
CALL (row) {
  MATCH (event:Event {fingerprint: row.fingerprint})
  WHERE event.source = row.source AND event.status = 'firing'
    AND EXISTS { MATCH (later:Event {fingerprint: row.fingerprint}) WHERE later.source = row.source AND later.startsAt > event.startsAt }
  SET event.status = 'resolved', event.closedAt = row.closedAt, event.version = $version
  RETURN count(event) AS closed
}
MATCH (event:Event {id: row.id})
RETURN event.id AS id, event.status AS status, closed > 0 OR event.version = $version AS changed;

// name: open_events
// What the open events say of the items they are about.
// params: nothing
// returns: id, key, state, startsAt
MATCH (event:Event {status: 'firing'})
WHERE event.matchKey IS NOT NULL
RETURN event.id AS id, event.matchKey AS key, event.state AS state, event.startsAt AS startsAt
ORDER BY id;

// name: open_events_at
// What the events that were open at an instant, as far as we knew then, said of the items they were about.
// params: at (datetime)
// returns: id, key, state, startsAt
CALL () {
  MATCH (event:Event {status: 'firing'})
  RETURN event
  UNION
  MATCH (event:Event)
  WHERE event.closedAt > $at
  RETURN event
}
WITH event
WHERE event.receivedAt <= $at AND event.matchedAt <= $at
WITH event, [place IN range(0, size(coalesce(event.earlierKeys, [])) - 1) WHERE $at < event.earlierUntil[place] | event.earlierKeys[place]] AS earlier
RETURN event.id AS id, coalesce(head(earlier), event.matchKey) AS key, event.state AS state, event.startsAt AS startsAt
ORDER BY id;

// name: events
// Events, newest first.
// params: status (string or null), source (string or null), key (item key or null), before_at (datetime or null), before_id (string), first (integer, 1..501)
// returns: event
MATCH (event:Event)
WHERE event.receivedAt IS NOT NULL
  AND ($status IS NULL OR event.status = $status)
  AND ($source IS NULL OR event.source = $source)
  AND ($key IS NULL OR event.matchKey = $key)
  AND ($before_at IS NULL OR event.receivedAt < $before_at OR (event.receivedAt = $before_at AND event.id > $before_id))
RETURN event {.*} AS event
ORDER BY event.receivedAt DESC, event.id
LIMIT $first;

// name: count_events
// How many events pass the filter.
// params: status (string or null), source (string or null), key (item key or null)
// returns: count
// scan: counting looks at every event that passes the filter
MATCH (event:Event)
WHERE ($status IS NULL OR event.status = $status)
  AND ($source IS NULL OR event.source = $source)
  AND ($key IS NULL OR event.matchKey = $key)
RETURN count(event) AS count;

// name: event_by_id
// One event.
// params: id (string)
// returns: event
MATCH (event:Event {id: $id})
RETURN event {.*} AS event;
