UNWIND [
  'causes', 'cancelledAt', 'createdBy', 'endedAt', 'eventVersion', 'graphVersion', 'keys', 'lasts', 'lossBandAmounts',
  'lossBandSeconds', 'lossCurrency', 'observedAt', 'planned', 'sentence', 'since', 'turn', 'type'
] AS name
CALL db.createProperty(name);
UNWIND ['HealthHistory', 'HealthPeriod', 'MaintenanceWindow'] AS name
CALL db.createLabel(name);
UNWIND ['OF', 'COVERS'] AS name
CALL db.createRelationshipType(name);
