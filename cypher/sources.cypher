// name: source_mappings
// The sources that were defined through the API, as they were described.
// params: nothing
// returns: name, mapping
// scan: every source is wanted
MATCH (source:SourceMapping)
RETURN source.name AS name, source.mapping AS mapping
ORDER BY source.name;

// name: put_source_mapping
// Defines a source by its name.
// params: name (string), mapping (string, JSON), by (string), at (datetime)
// returns: nothing
MERGE (source:SourceMapping {name: $name})
ON CREATE SET source.createdAt = $at
SET source.mapping = $mapping, source.createdBy = $by, source.updatedAt = $at;

// name: remove_source_mapping
// Forgets a source.
// params: name (string)
// returns: count
MATCH (source:SourceMapping {name: $name})
DELETE source
RETURN count(*) AS count;
