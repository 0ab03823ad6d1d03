UNWIND ['externalId', 'includeHosted', 'overAt', 'rule', 'skippedAt', 'skippedStarts', 'timeZone'] AS name
CALL db.createProperty(name);
