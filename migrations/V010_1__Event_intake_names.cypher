UNWIND [
  'acknowledgedAt', 'acknowledgedBy', 'begunAt', 'body', 'clues', 'dueAt', 'expired', 'flappingUntil', 'headers',
  'note', 'parameters', 'problems', 'reopened', 'size', 'suppressed', 'suppressedBy', 'suppressedUntil', 'trace',
  'turnAt', 'turnKey', 'turnSince', 'turnState', 'upto', 'url'
] AS name
CALL db.createProperty(name);
UNWIND ['IntakeMark', 'SeenDelivery', 'QuarantinedDelivery'] AS name
CALL db.createLabel(name);
