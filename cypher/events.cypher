// name: event_version
// The newest version of the events of which everything can be read, 0 before the first. The version of a commit shows
// before what the commit stored, and that through the index last of all; once another version shows, one is whole.
// params: whole (integer, a version that is known to be whole, or 0)
// returns: version
OPTIONAL MATCH (counter:EventVersion {id: 'events'})
WITH coalesce(counter.version, 0) AS version, coalesce(counter.stored, 0) AS stored
RETURN CASE
  WHEN version <= $whole OR stored = 0 THEN version
  WHEN COUNT { MATCH (event:Event) WHERE event.version >= version }
    + COUNT { MATCH (window:MaintenanceWindow) WHERE window.version >= version } >= stored THEN version
  ELSE version - 1
END AS version;

// name: next_event_version
// Takes the next version of the events and, until the commit, the right to write them. Whoever stores events or windows
// with it counts each once.
// params: nothing
// returns: version
MERGE (counter:EventVersion {id: 'events'})
SET counter.version = coalesce(counter.version, 0) + 1, counter.stored = 0
RETURN counter.version AS version;

// name: events_changed_since
// How the events stand that have changed after a version, as lists of id, key, state, and the epoch second and microsecond
// of the beginning; no key for one that says nothing of any item. In one row: the driver takes long over many.
// params: version (integer)
// returns: events
MATCH (event:Event)
WHERE event.version > $version
WITH event, event.startsAt AS since, event.status = 'firing' AND event.suppressedBy IS NULL AS speaks
RETURN collect([event.id, CASE WHEN speaks THEN event.matchKey END, event.state, since.epochSeconds, since.microsecond]) AS events;

// name: newest_events
// The newest event of each sender and fingerprint, and whether the item it was about is still there.
// params: wanted (list of {source, fingerprint})
// returns: event, about
UNWIND $wanted AS wanted
CALL (wanted) {
  MATCH (event:Event {fingerprint: wanted.fingerprint})
  WHERE event.source = wanted.source
  RETURN event ORDER BY event.startsAt DESC, event.id LIMIT 1
}
RETURN event {.*} AS event, EXISTS { (event)-[:ABOUT]->(:ConfigurationItem) } AS about;

// name: store_events
// Stores events by id as they are now, each tied to the item it is about.
// params: rows (list of {id, properties, at, key}; at: places in instants), instants (list of datetime), version (integer)
// returns: nothing
CALL () {
  MATCH (counter:EventVersion {id: 'events'})
  SET counter.stored = coalesce(counter.stored, 0) + size($rows)
}
UNWIND $rows AS row
MERGE (event:Event {id: row.id})
SET event += row.properties,
    event.version = $version,
    event.startsAt = $instants[row.at.starts],
    event.endsAt = $instants[row.at.ends],
    event.receivedAt = $instants[row.at.received],
    event.closedAt = $instants[row.at.closed],
    event.observedAt = $instants[row.at.observed],
    event.expiresAt = $instants[row.at.expires],
    event.dueAt = $instants[row.at.due],
    event.acknowledgedAt = $instants[row.at.acknowledged],
    event.suppressedUntil = $instants[row.at.suppressed_until],
    event.flappingUntil = $instants[row.at.flapping_until],
    event.begunAt = [place IN row.at.begun | $instants[place]],
    event.turnAt = [place IN row.at.turns | $instants[place]],
    event.turnSince = [place IN row.at.turns_since | $instants[place]]
WITH event, row
MATCH (item:ConfigurationItem {key: row.key})
MERGE (event)-[:ABOUT]->(item);

// name: events_after
// Events that changed after a version, or with it and have a later id, up to a version that is whole.
// params: version (integer), id (string), upto (integer), first (integer)
// returns: event
MATCH (event:Event)
WHERE $version <= event.version <= $upto AND (event.version > $version OR ($id <> '' AND event.id > $id))
RETURN event {.*} AS event
ORDER BY event.version, event.id
LIMIT $first;

// name: due_events
// Events that time has changed: that expired, are heard again, or are steady again.
// params: now (datetime), first (integer)
// returns: event
MATCH (event:Event)
WHERE event.dueAt <= $now
RETURN event {.*} AS event
ORDER BY event.dueAt, event.id
LIMIT $first;

// name: open_events
// What the open events say of the items they are about, as lists of id, key, state, and the epoch second and microsecond
// of the beginning.
// params: nothing
// returns: events
MATCH (event:Event {status: 'firing'})
WHERE event.matchKey IS NOT NULL AND event.suppressedBy IS NULL
WITH event, event.startsAt AS since
RETURN collect([event.id, event.matchKey, event.state, since.epochSeconds, since.microsecond]) AS events;

// name: open_events_at
// What the events that were open at an instant, as far as we knew then, said of the items they were about, as lists of id,
// key, state, and the epoch second and microsecond of the beginning.
// params: at (datetime)
// returns: events
CALL () {
  MATCH (event:Event {status: 'firing'})
  RETURN event
  UNION
  MATCH (event:Event)
  WHERE event.closedAt > $at
  RETURN event
}
WITH event, [place IN range(0, size(coalesce(event.turnAt, [])) - 1) WHERE event.turnAt[place] <= $at] AS passed
WITH event, last(passed) AS place
WHERE place IS NOT NULL AND event.turnKey[place] <> ''
WITH event, place, event.turnSince[place] AS since
RETURN collect([event.id, event.turnKey[place], event.turnState[place], since.epochSeconds, since.microsecond]) AS events;

// name: events
// Events, newest first.
// params: status (string or null), lifecycle (string or null), source (string or null), key (item key or null), visible (list of item keys, null for all), before_at (datetime or null), before_id (string), first (integer, 1..501)
// returns: event
MATCH (event:Event)
WHERE event.receivedAt IS NOT NULL
  AND ($status IS NULL OR event.status = $status)
  AND ($lifecycle IS NULL OR event.lifecycle = $lifecycle)
  AND ($source IS NULL OR event.source = $source)
  AND ($key IS NULL OR event.matchKey = $key)
  AND ($visible IS NULL OR event.matchKey IN $visible)
  AND ($before_at IS NULL OR event.receivedAt < $before_at OR (event.receivedAt = $before_at AND event.id > $before_id))
RETURN event {.*} AS event
ORDER BY event.receivedAt DESC, event.id
LIMIT $first;

// name: count_events
// How many events pass the filter.
// params: status (string or null), lifecycle (string or null), source (string or null), key (item key or null), visible (list of item keys, null for all)
// returns: count
// scan: counting looks at every event that passes the filter
MATCH (event:Event)
WHERE ($status IS NULL OR event.status = $status)
  AND ($lifecycle IS NULL OR event.lifecycle = $lifecycle)
  AND ($source IS NULL OR event.source = $source)
  AND ($key IS NULL OR event.matchKey = $key)
  AND ($visible IS NULL OR event.matchKey IN $visible)
RETURN count(event) AS count;

// name: events_by_id
// The events with these ids, and whether the item each was about is still there.
// params: ids (list of string)
// returns: event, about
UNWIND $ids AS id
MATCH (event:Event {id: id})
RETURN event {.*} AS event, EXISTS { (event)-[:ABOUT]->(:ConfigurationItem) } AS about;

// name: open_events_of_each
// The open events about each of these items, newest first.
// params: keys (list of item keys), before_at (datetime or null), before_id (string), first (integer, 1..501)
// returns: key, events
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
CALL (item) {
  MATCH (item)<-[:ABOUT]-(event:Event)
  WHERE event.status = 'firing' AND event.matchKey = item.key
    AND ($before_at IS NULL OR event.receivedAt < $before_at
      OR (event.receivedAt = $before_at AND event.id > $before_id))
  WITH event ORDER BY event.receivedAt DESC, event.id LIMIT $first
  RETURN collect(event {.*}) AS events
}
RETURN key, events
ORDER BY key;

// name: count_open_events_of_each
// How many open events each of these items has.
// params: keys (list of item keys)
// returns: key, count
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
RETURN key, COUNT { (item)<-[:ABOUT]-(event:Event) WHERE event.status = 'firing' AND event.matchKey = item.key } AS count
ORDER BY key;

// name: forget_events
// Forgets events that were over before an instant.
// params: before (datetime), first (integer)
// returns: nothing
MATCH (event:Event)
WHERE event.closedAt < $before
WITH event LIMIT $first
DETACH DELETE event;
