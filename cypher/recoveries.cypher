// name: store_recovery
// Stores a recovery that begins.
// params: id (string), properties (map)
// returns: nothing
MERGE (recovery:Recovery {id: $id})
SET recovery += $properties;

// name: complete_steps
// Notes that the items of a step are up; of one that was before, the newer word counts.
// params: id (string, of the recovery), keys (list of string), at (datetime), by (string)
// returns: nothing
MATCH (recovery:Recovery {id: $id})
UNWIND $keys AS key
MERGE (step:RecoveryStep {id: $id + ':' + key})
SET step.key = key, step.doneAt = $at, step.doneBy = $by
MERGE (recovery)-[:HAS_STEP]->(step);

// name: recovery_by_id
// One recovery and the steps that are done, by key.
// params: id (string)
// returns: recovery, steps
MATCH (recovery:Recovery {id: $id})
CALL (recovery) {
  OPTIONAL MATCH (recovery)-[:HAS_STEP]->(step:RecoveryStep)
  WITH step ORDER BY step.key
  RETURN collect(step {.key, .doneAt, .doneBy}) AS steps
}
RETURN recovery {.*} AS recovery, steps;

// name: recoveries
// Recoveries and the steps that are done, those that began last first.
// params: before_at (datetime, null for the first page), before_id (string), first (integer, 1..501)
// returns: recovery, steps
MATCH (recovery:Recovery)
WHERE recovery.startedAt IS NOT NULL
  AND ($before_at IS NULL OR recovery.startedAt < $before_at
    OR (recovery.startedAt = $before_at AND recovery.id < $before_id))
WITH recovery ORDER BY recovery.startedAt DESC, recovery.id DESC LIMIT $first
CALL (recovery) {
  OPTIONAL MATCH (recovery)-[:HAS_STEP]->(step:RecoveryStep)
  WITH step ORDER BY step.key
  RETURN collect(step {.key, .doneAt, .doneBy}) AS steps
}
RETURN recovery {.*} AS recovery, steps
ORDER BY recovery.startedAt DESC, recovery.id DESC;

// name: count_recoveries
// How many recoveries there are.
// params: nothing
// returns: count
MATCH (recovery:Recovery)
RETURN count(recovery) AS count;
