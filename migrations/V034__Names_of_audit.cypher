UNWIND ['action', 'details', 'keyCount', 'keysDigest', 'number', 'origin', 'previous', 'startHash', 'startNumber'] AS name
CALL db.createProperty(name);
UNWIND ['AuditEntry', 'AuditHead'] AS name
CALL db.createLabel(name);
