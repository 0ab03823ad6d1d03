// name: draft_version
// Keeps a draft as the next version of its item.
// params: key (item key), properties (map)
// returns: assessment
MATCH (item:ConfigurationItem {key: $key})
// Whoever drafts at the same time waits for the lock, and counts this one.
SET item.key = item.key
WITH item
OPTIONAL MATCH (earlier:Assessment {itemKey: $key})
WHERE earlier.version > 0
WITH item, coalesce(max(earlier.version), 0) + 1 AS version
CREATE (assessment:Assessment)-[:ASSESSES]->(item)
SET assessment += $properties, assessment.version = version
RETURN assessment {.*} AS assessment;

// name: approve_version
// Approves a draft; the version that was approved before is superseded. What is no draft is left alone.
// params: id (string), by (string), at (datetime)
// returns: assessment
MATCH (assessment:Assessment {id: $id, status: 'DRAFT'})
CALL (assessment) {
  MATCH (earlier:Assessment {itemKey: assessment.itemKey, status: 'APPROVED'})
  SET earlier.status = 'SUPERSEDED', earlier.endedAt = $at
}
CALL (assessment) {
  // The item may have been removed and added again.
  MATCH (item:ConfigurationItem {key: assessment.itemKey})
  MERGE (assessment)-[:ASSESSES]->(item)
}
SET assessment.status = 'APPROVED', assessment.approvedAt = $at, assessment.approvedBy = $by,
    assessment.reviewedAt = $at, assessment.reviewedBy = $by
RETURN assessment {.*} AS assessment;

// name: review_version
// Confirms that the approved version holds; what is not approved is left alone.
// params: id (string), by (string), at (datetime)
// returns: assessment
MATCH (assessment:Assessment {id: $id, status: 'APPROVED'})
SET assessment.reviewedAt = $at, assessment.reviewedBy = $by
RETURN assessment {.*} AS assessment;

// name: retire_version
// Retires a draft or the approved version; what is over is left alone.
// params: id (string), at (datetime)
// returns: assessment
MATCH (assessment:Assessment {id: $id})
WHERE assessment.status IN ['DRAFT', 'APPROVED']
SET assessment.status = 'RETIRED', assessment.endedAt = $at
RETURN assessment {.*} AS assessment;

// name: versions_to_merge
// All versions of these items, locked with them until the transaction ends: whoever drafts or approves waits.
// params: keys (list of item keys)
// returns: assessment
UNWIND $keys AS key
OPTIONAL MATCH (item:ConfigurationItem {key: key})
SET item.key = item.key
WITH key
MATCH (assessment:Assessment {itemKey: key})
WHERE assessment.version > 0
SET assessment.itemKey = key
RETURN assessment {.*} AS assessment
ORDER BY assessment.itemKey, assessment.version;

// name: write_versions
// Writes versions as they are to be, known by item and version; of one that is there its id stays.
// params: rows (list of properties with item key and version)
// returns: nothing
UNWIND $rows AS row
MATCH (item:ConfigurationItem {key: row.itemKey})
MERGE (assessment:Assessment {itemKey: row.itemKey, version: row.version})
SET assessment += row
MERGE (assessment)-[:ASSESSES]->(item);

// name: export_assessments
// The next versions of items that are there, by item and version.
// params: after_key (item key), after_version (integer), first (integer, 1..10000)
// returns: assessment
MATCH (assessment:Assessment)
WHERE assessment.itemKey >= $after_key AND assessment.version > 0
  AND (assessment.itemKey > $after_key OR assessment.version > $after_version)
  AND EXISTS { MATCH (:ConfigurationItem {key: assessment.itemKey}) }
WITH assessment ORDER BY assessment.itemKey, assessment.version LIMIT $first
RETURN assessment {.*} AS assessment
ORDER BY assessment.itemKey, assessment.version;

// name: assessment_by_id
// One version of a business impact analysis.
// params: id (string)
// returns: assessment
MATCH (assessment:Assessment {id: $id})
RETURN assessment {.*} AS assessment;

// name: approved_assessments
// The approved versions of these items.
// params: keys (list of item keys)
// returns: assessment
UNWIND $keys AS key
MATCH (assessment:Assessment {itemKey: key, status: 'APPROVED'})
RETURN assessment {.*} AS assessment
ORDER BY assessment.itemKey;

// name: assessments
// Versions of business impact analyses, those drafted last first.
// params: key (item key or null), statuses (list of string), before_at (datetime or null), before_id (string), first (integer, 1..501)
// returns: assessment
MATCH (assessment:Assessment)
WHERE assessment.draftedAt IS NOT NULL
  AND ($key IS NULL OR assessment.itemKey = $key)
  AND assessment.status IN $statuses
  AND ($before_at IS NULL OR assessment.draftedAt < $before_at
       OR (assessment.draftedAt = $before_at AND assessment.id > $before_id))
RETURN assessment {.*} AS assessment
ORDER BY assessment.draftedAt DESC, assessment.id
LIMIT $first;

// name: count_assessments
// How many versions of business impact analyses pass the filter.
// params: key (item key or null), statuses (list of string)
// returns: count
MATCH (assessment:Assessment)
WHERE assessment.draftedAt IS NOT NULL
  AND ($key IS NULL OR assessment.itemKey = $key)
  AND assessment.status IN $statuses
RETURN count(assessment) AS count;
