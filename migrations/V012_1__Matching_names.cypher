UNWIND ['context', 'pattern', 'queuedTier', 'queuedValue', 'until'] AS name
CALL db.createProperty(name);
UNWIND ['MatchRule'] AS name
CALL db.createLabel(name);
UNWIND ['IDENTIFIED'] AS name
CALL db.createRelationshipType(name);
