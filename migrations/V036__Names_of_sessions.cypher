UNWIND ['credential', 'tokenId', 'usedAt'] AS name
CALL db.createProperty(name);
UNWIND ['Session'] AS name
CALL db.createLabel(name);
