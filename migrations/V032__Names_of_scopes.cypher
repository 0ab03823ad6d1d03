UNWIND ['scopeLabels', 'scopeTeams'] AS name
CALL db.createProperty(name);
