// name: graph_version
// The version of the graph: the number of writes so far, 0 before the first.
// params: nothing
// returns: version
OPTIONAL MATCH (graph:GraphVersion {id: 'graph'})
RETURN coalesce(graph.version, 0) AS version;

// name: graph_position
// The version of the graph with the mark of the write that made it, and how many transactions of ours were committed.
// params: nothing
// returns: version, mark, writes
// scan: there is one counter for each kind of writer
OPTIONAL MATCH (counter:WriteCounter)
// First the sum, in one row: with the version beside each counter, a write in between would make two rows.
WITH sum(counter.writes) AS writes
OPTIONAL MATCH (graph:GraphVersion {id: 'graph'})
RETURN coalesce(graph.version, 0) AS version, graph.mark AS mark, writes;

// name: next_graph_version
// Takes the next version and, until the commit, the right to write. The mark tells it from the same version of another
// database, or of this one when it was put back to an earlier day.
// params: nothing
// returns: version
MERGE (graph:GraphVersion {id: 'graph'})
SET graph.version = coalesce(graph.version, 0) + 1, graph.follows = graph.mark, graph.mark = randomUUID()
RETURN graph.version AS version;

// name: record_change
// Writes the journal entry of this transaction's version, with the mark of the write it follows.
// params: version (integer), at (datetime), caller (string), source (string or null), touched (list of item keys), removed (list of item keys)
// returns: nothing
MATCH (graph:GraphVersion {id: 'graph'})
CREATE (change:Change {version: $version})
SET change.mark = graph.mark, change.follows = graph.follows, change.at = $at, change.caller = $caller, change.source = $source, change.touched = $touched, change.removed = $removed;

// name: record_images
// Keeps what this version replaced, as documents of items and of the edges that left them, so that what was can be told.
// params: version (integer), images (list of strings, at most 1000)
// returns: nothing
CREATE (past:Past {version: $version, images: $images});

// name: images_since
// What the versions after one replaced, oldest first; of an item the first image is how it was.
// params: version (integer)
// returns: version, images
MATCH (past:Past)
WHERE past.version > $version
RETURN past.version AS version, past.images AS images
ORDER BY version;

// name: version_at
// The last version that was written by an instant, and the first and last instant the journal tells of.
// params: at (datetime)
// returns: version, first, first_at
// scan: the journal is kept short (UNDERPIN_CHANGE_RETENTION)
OPTIONAL MATCH (change:Change)
WITH change ORDER BY change.version
WITH collect(change) AS journal
RETURN reduce(found = null, change IN journal | CASE WHEN change.at <= $at THEN change.version ELSE found END) AS version,
       head(journal).version AS first, head(journal).at AS first_at;

// name: changes_since
// The journal after a version, oldest first; a gap in the versions means that entries were dropped.
// params: version (integer)
// returns: version, mark, follows, touched, removed
MATCH (change:Change)
WHERE change.version > $version
RETURN change.version AS version, change.mark AS mark, change.follows AS follows, change.touched AS touched, change.removed AS removed
ORDER BY version;

// name: forget_changes
// Drops the journal up to a version; workers further behind load the graph again.
// params: version (integer)
// returns: nothing
CALL () {
  MATCH (change:Change)
  WHERE change.version <= $version
  DELETE change
}
MATCH (past:Past)
WHERE past.version <= $version
DELETE past;
