UNWIND ['teams'] AS name
CALL db.createProperty(name);
