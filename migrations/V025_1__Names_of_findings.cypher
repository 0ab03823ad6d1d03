UNWIND [
  'acceptedUntil', 'checkedAt', 'code', 'firstSeenAt', 'lastSeenAt', 'rank', 'sentence', 'turnsAt', 'turnsBy',
  'turnsReasons', 'turnsStatuses'
] AS name
CALL db.createProperty(name);
UNWIND ['Finding', 'FindingCheck'] AS name
CALL db.createLabel(name);
UNWIND ['CONCERNS'] AS name
CALL db.createRelationshipType(name);
