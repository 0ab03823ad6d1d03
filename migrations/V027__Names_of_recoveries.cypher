UNWIND ['doneAt', 'doneBy', 'durationKeys', 'durationSeconds', 'failedKeys', 'startedAt', 'startedBy', 'targetKeys'] AS name
CALL db.createProperty(name);
UNWIND ['Recovery', 'RecoveryStep'] AS name
CALL db.createLabel(name);
UNWIND ['HAS_STEP'] AS name
CALL db.createRelationshipType(name);
