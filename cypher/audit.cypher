// name: take_audit_head
// Takes the chain of the audit until the commit, and tells its last link.
// params: nothing
// returns: number, hash
MERGE (head:AuditHead {id: 'audit'})
ON CREATE SET head.number = 0, head.hash = '', head.startNumber = 0, head.startHash = ''
SET head.number = head.number + 1
RETURN head.number - 1 AS number, head.hash AS hash;

// name: append_audit_entry
// Writes the entry whose number was taken, and makes it the last link.
// params: number (integer), hash (string), properties (map)
// returns: nothing
MATCH (head:AuditHead {id: 'audit'})
SET head.hash = $hash
CREATE (entry:AuditEntry {number: $number})
SET entry += $properties;

// name: audit_chain
// The link that the kept entries follow, and the last one; both are the beginning before the first entry.
// params: nothing
// returns: number, hash, start_number, start_hash
OPTIONAL MATCH (head:AuditHead {id: 'audit'})
RETURN coalesce(head.number, 0) AS number, coalesce(head.hash, '') AS hash,
       coalesce(head.startNumber, 0) AS start_number, coalesce(head.startHash, '') AS start_hash;

// name: audit_entries
// Entries before a number, the last one first; each null leaves a part of the filter out.
// params: before (integer), caller (string or null), action (string or null), key (string or null), since (datetime or null), until (datetime or null), first (integer, 1..501)
// returns: entry
MATCH (entry:AuditEntry)
WHERE entry.number < $before
  AND ($caller IS NULL OR entry.caller = $caller) AND ($action IS NULL OR entry.action = $action)
  AND ($key IS NULL OR $key IN entry.keys)
  AND ($since IS NULL OR entry.at >= $since) AND ($until IS NULL OR entry.at < $until)
RETURN entry {.*} AS entry ORDER BY entry.number DESC LIMIT $first;

// name: count_audit_entries
// How many entries a filter leaves.
// params: caller (string or null), action (string or null), key (string or null), since (datetime or null), until (datetime or null)
// returns: count
MATCH (entry:AuditEntry)
WHERE entry.number > 0
  AND ($caller IS NULL OR entry.caller = $caller) AND ($action IS NULL OR entry.action = $action)
  AND ($key IS NULL OR $key IN entry.keys)
  AND ($since IS NULL OR entry.at >= $since) AND ($until IS NULL OR entry.at < $until)
RETURN count(entry) AS count;

// name: audit_entries_after
// Entries after a number up to another, the first one first.
// params: after (integer), upto (integer), first (integer)
// returns: entry
MATCH (entry:AuditEntry)
WHERE $after < entry.number <= $upto
RETURN entry {.*} AS entry ORDER BY entry.number LIMIT $first;

// name: forget_audit_entries
// Drops the entries up to a link, which those that are kept follow from now on; an earlier link changes nothing.
// params: number (integer), hash (string)
// returns: nothing
MATCH (head:AuditHead {id: 'audit'})
SET head.id = 'audit'
WITH head WHERE head.startNumber < $number
SET head.startNumber = $number, head.startHash = $hash
WITH head
MATCH (entry:AuditEntry) WHERE entry.number <= $number
DELETE entry;
