UNWIND ['stored'] AS name
CALL db.createProperty(name);
