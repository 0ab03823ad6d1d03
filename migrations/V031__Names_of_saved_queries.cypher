UNWIND ['description', 'owner', 'parameters', 'query', 'savedAt'] AS name
CALL db.createProperty(name);
UNWIND ['SavedQuery'] AS name
CALL db.createLabel(name);
