UNWIND [
  'approvedAt', 'approvedBy', 'bandCategories', 'bandLevels', 'bandLosses', 'bandSeconds', 'draftedAt', 'draftedBy',
  'endedAt', 'intolerableLevel', 'itemKey', 'lossCurrency', 'minimumStaff', 'notes', 'reviewedAt', 'reviewedBy'
] AS name
CALL db.createProperty(name);
UNWIND ['Assessment'] AS name
CALL db.createLabel(name);
UNWIND ['ASSESSES'] AS name
CALL db.createRelationshipType(name);
