UNWIND ['durationSeconds', 'outcomes'] AS name
CALL db.createProperty(name);
UNWIND ['Scenario', 'ScenarioRun'] AS name
CALL db.createLabel(name);
