UNWIND [
  'at', 'attributes', 'availability', 'availabilityObjective', 'backupIntervalSeconds', 'caller', 'candidates',
  'closedAt', 'confidence', 'contractRtoSeconds', 'createdAt', 'criticalOrImportant', 'criticalityWeight',
  'crossTrained', 'dataDependency', 'degradedBelow', 'earlierKeys', 'earlierUntil', 'endsAt', 'environment',
  'exitPlan', 'expiresAt', 'failoverTimeSeconds', 'fingerprint', 'follows', 'hash', 'headcount', 'id', 'images',
  'impactToleranceSeconds', 'important', 'key', 'kind', 'labels', 'lastTestedOn', 'lastUsedAt', 'lei', 'lifecycle',
  'mark', 'matchIdentifier', 'matchKey', 'matchTier', 'matchedAt', 'mbco', 'minAvailable', 'mtpdSeconds', 'name',
  'neededForRecovery', 'owner', 'parent', 'receivedAt', 'recoveryEvidence', 'recoveryTimeSeconds', 'removed',
  'replicationLagSeconds', 'restartTimeSeconds', 'revision', 'revokedAt', 'role', 'rpoSeconds', 'rtoSeconds',
  'severity', 'shortName', 'source', 'startsAt', 'state', 'status', 'strength', 'substitutability', 'summary',
  'tier', 'toleranceSeconds', 'touched', 'updatedAt', 'validFrom', 'validTo', 'value', 'verifiedAt', 'version',
  'weight', 'writes', 'wrtSeconds'
] AS name
CALL db.createProperty(name);
UNWIND [
  'ConfigurationItem', 'BusinessProcess', 'BusinessService', 'ITService', 'Component', 'Location', 'Team',
  'ThirdParty', 'Contract', 'RedundancyGroup', 'Identifier', 'Event', 'AccessToken', 'GraphVersion', 'EventVersion',
  'WriteCounter', 'Change', 'Past'
] AS name
CALL db.createLabel(name);
UNWIND [
  'DEPENDS_ON', 'HAS_MEMBER', 'LOCATED_IN', 'OPERATED_BY', 'PROVIDED_BY', 'SUBCONTRACTS_TO', 'CHILD_OF', 'PART_OF',
  'OWNED_BY', 'IDENTIFIES', 'ABOUT'
] AS name
CALL db.createRelationshipType(name);
