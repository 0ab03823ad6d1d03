UNWIND ['mapping'] AS name
CALL db.createProperty(name);
UNWIND ['SourceMapping'] AS name
CALL db.createLabel(name);
