UNWIND [
  'account', 'announcedAt', 'announcedCause', 'announcedPriority', 'changedAt', 'eventCount', 'itemCount', 'mergedInto',
  'openedAt', 'priority', 'quietSince', 'rank', 'resolvedAt', 'startedAt', 'title', 'until'
] AS name
CALL db.createProperty(name);
UNWIND ['Situation', 'SituationHistory'] AS name
CALL db.createLabel(name);
UNWIND ['GATHERS', 'CAUSED_BY'] AS name
CALL db.createRelationshipType(name);
