// name: coverable_items
// Which of these are keys of items, and which of those are groups, which a window cannot cover.
// params: keys (list of string)
// returns: key, isGroup
UNWIND $keys AS wanted
MATCH (item:ConfigurationItem {key: wanted})
RETURN item.key AS key, item:RedundancyGroup AS isGroup
ORDER BY key;

// name: store_window
// Stores a maintenance window over its items. It keeps their keys too, for it outlives them, and they may return.
// params: id (string), properties (map), keys (list of string), version (integer, of the events)
// returns: nothing
MERGE (window:MaintenanceWindow {id: $id})
WITH window
OPTIONAL MATCH (counter:EventVersion {id: 'events'})
SET counter.stored = coalesce(counter.stored, 0) + CASE window.version WHEN $version THEN 0 ELSE 1 END
SET window += $properties, window.keys = $keys, window.version = $version
WITH window
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
MERGE (window)-[:COVERS]->(item);

// name: cancel_window
// Cancels a window that is not over; one that is, or was cancelled before, stays as it is.
// params: id (string), at (datetime), version (integer, of the events)
// returns: window
MATCH (window:MaintenanceWindow {id: $id})
CALL (window) {
  WITH window WHERE window.cancelledAt IS NULL AND window.overAt > $at
  OPTIONAL MATCH (counter:EventVersion {id: 'events'})
  SET counter.stored = coalesce(counter.stored, 0) + CASE window.version WHEN $version THEN 0 ELSE 1 END
  SET window.cancelledAt = $at, window.version = $version
}
RETURN window {.*} AS window;

// name: skip_occurrence
// Calls one occurrence of a window off; one that was called off before stays as it is.
// params: id (string), start (datetime), at (datetime), version (integer, of the events)
// returns: window
MATCH (window:MaintenanceWindow {id: $id})
CALL (window) {
  WITH window WHERE NOT $start IN coalesce(window.skippedStarts, [])
  OPTIONAL MATCH (counter:EventVersion {id: 'events'})
  SET counter.stored = coalesce(counter.stored, 0) + CASE window.version WHEN $version THEN 0 ELSE 1 END
  SET window.skippedStarts = coalesce(window.skippedStarts, []) + $start,
      window.skippedAt = coalesce(window.skippedAt, []) + $at, window.version = $version
}
RETURN window {.*} AS window;

// name: newest_of_origins
// Of each of these windows of somebody else the one that was planned last.
// params: source (string), ids (list of string)
// returns: window
UNWIND $ids AS id
CALL (id) {
  MATCH (window:MaintenanceWindow {source: $source, externalId: id})
  RETURN window ORDER BY window.createdAt DESC, window.version DESC LIMIT 1
}
RETURN window {.*} AS window
ORDER BY window.id;

// name: kinds_among
// The components of these kinds among these items.
// params: keys (list of string), kinds (list of string)
// returns: keys
UNWIND $keys AS key
MATCH (item:ConfigurationItem {key: key})
WHERE item:Component AND item.kind IN $kinds
RETURN collect(item.key) AS keys;

// name: window_by_id
// One maintenance window.
// params: id (string)
// returns: window
MATCH (window:MaintenanceWindow {id: $id})
RETURN window {.*} AS window;

// name: windows_ahead
// The maintenance windows that are not over.
// params: at (datetime)
// returns: window
MATCH (window:MaintenanceWindow)
WHERE window.overAt > $at AND window.cancelledAt IS NULL
RETURN window {.*} AS window
ORDER BY window.id;

// name: windows_changed_since
// The maintenance windows that were planned or cancelled after a version of the events.
// params: version (integer)
// returns: window
MATCH (window:MaintenanceWindow)
WHERE window.version > $version
RETURN window {.*} AS window
ORDER BY window.id;

// name: windows_at
// The maintenance windows that could be in effect at an instant, as far as we knew then; a series may be between two.
// params: at (datetime)
// returns: window
MATCH (window:MaintenanceWindow)
WHERE window.startsAt <= $at AND window.overAt > $at
  AND window.createdAt <= $at AND (window.cancelledAt IS NULL OR window.cancelledAt > $at)
RETURN window {.*} AS window
ORDER BY window.id;

// name: windows
// Maintenance windows, those that start last first.
// params: key (item key or null), ids (list of window ids or null), before_at (datetime or null), before_id (string), first (integer, 1..501)
// returns: window
MATCH (window:MaintenanceWindow)
WHERE window.startsAt IS NOT NULL
  AND ($key IS NULL OR $key IN window.keys)
  AND ($ids IS NULL OR window.id IN $ids)
  AND ($before_at IS NULL OR window.startsAt < $before_at OR (window.startsAt = $before_at AND window.id > $before_id))
RETURN window {.*} AS window
ORDER BY window.startsAt DESC, window.id
LIMIT $first;

// name: count_windows
// How many maintenance windows pass the filter.
// params: key (item key or null), ids (list of window ids or null)
// returns: count
MATCH (window:MaintenanceWindow)
WHERE window.startsAt IS NOT NULL
  AND ($key IS NULL OR $key IN window.keys)
  AND ($ids IS NULL OR window.id IN $ids)
RETURN count(window) AS count;
