// name: dependents_of
// Everything that needs an item, directly or not, nearest first: its blast radius. INFO dependencies are not followed.
// params: key (string, item key), max_depth (integer, 1..1000), labels (list of string, empty for all), visible (list of item keys, null for all), after_depth (integer), after_key (string), first (integer, 1..501)
// returns: key, depth
MATCH (start:ConfigurationItem {key: $key})
MATCH path = (start)<-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]-(found:ConfigurationItem)
WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') <> 'INFO')
WITH start, found, min(length(path)) AS depth
WHERE found <> start AND depth <= $max_depth
  AND (size($labels) = 0 OR any(label IN labels(found) WHERE label IN $labels))
  AND ($visible IS NULL OR found.key IN $visible)
WITH found.key AS key, depth
WHERE depth > $after_depth OR (depth = $after_depth AND key > $after_key)
RETURN key, depth
ORDER BY depth, key
LIMIT $first;

// name: dependencies_of
// Everything an item needs, directly or not, nearest first. INFO dependencies are not followed.
// params: key (string, item key), max_depth (integer, 1..1000), labels (list of string, empty for all), visible (list of item keys, null for all), after_depth (integer), after_key (string), first (integer, 1..501)
// returns: key, depth
MATCH (start:ConfigurationItem {key: $key})
MATCH path = (start)-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]->(found:ConfigurationItem)
WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') <> 'INFO')
WITH start, found, min(length(path)) AS depth
WHERE found <> start AND depth <= $max_depth
  AND (size($labels) = 0 OR any(label IN labels(found) WHERE label IN $labels))
  AND ($visible IS NULL OR found.key IN $visible)
WITH found.key AS key, depth
WHERE depth > $after_depth OR (depth = $after_depth AND key > $after_key)
RETURN key, depth
ORDER BY depth, key
LIMIT $first;

// name: count_dependents
// How many items need an item, directly or not.
// params: key (string, item key), max_depth (integer, 1..1000), labels (list of string, empty for all), visible (list of item keys, null for all)
// returns: count
MATCH (start:ConfigurationItem {key: $key})
MATCH path = (start)<-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]-(found:ConfigurationItem)
WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') <> 'INFO')
WITH start, found, min(length(path)) AS depth
WHERE found <> start AND depth <= $max_depth
  AND (size($labels) = 0 OR any(label IN labels(found) WHERE label IN $labels))
  AND ($visible IS NULL OR found.key IN $visible)
RETURN count(*) AS count;

// name: count_dependencies
// How many items an item needs, directly or not.
// params: key (string, item key), max_depth (integer, 1..1000), labels (list of string, empty for all), visible (list of item keys, null for all)
// returns: count
MATCH (start:ConfigurationItem {key: $key})
MATCH path = (start)-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]->(found:ConfigurationItem)
WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') <> 'INFO')
WITH start, found, min(length(path)) AS depth
WHERE found <> start AND depth <= $max_depth
  AND (size($labels) = 0 OR any(label IN labels(found) WHERE label IN $labels))
  AND ($visible IS NULL OR found.key IN $visible)
RETURN count(*) AS count;

// name: shortest_path_to_each
// One shortest path from each of these dependents to a provider.
// params: dependents (list of item keys, at most 500), provider (string, item key)
// returns: dependent, path
MATCH (provider:ConfigurationItem {key: $provider})
UNWIND $dependents AS key
MATCH (dependent:ConfigurationItem {key: key})
MATCH path = shortestPath((dependent)-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]->(provider))
WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') <> 'INFO')
RETURN key AS dependent, [item IN nodes(path) | item.key] AS path;

// name: shortest_path_from_each
// One shortest path from a dependent to each of these providers.
// params: dependent (string, item key), providers (list of item keys, at most 500)
// returns: provider, path
MATCH (dependent:ConfigurationItem {key: $dependent})
UNWIND $providers AS key
MATCH (provider:ConfigurationItem {key: key})
MATCH path = shortestPath((dependent)-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*1..]->(provider))
WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') <> 'INFO')
RETURN key AS provider, [item IN nodes(path) | item.key] AS path;

// name: paths_between
// The shortest paths from a dependent to a provider, shortest first, then by key; ties are exact among the first 1000.
// params: dependent (string, item key), provider (string, item key), first (integer, 1..1000)
// returns: path
MATCH (dependent:ConfigurationItem {key: $dependent})
MATCH (provider:ConfigurationItem {key: $provider})
MATCH path = SHORTEST 1000 (dependent)
  (()-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN WHERE coalesce(edge.strength, 'HARD') <> 'INFO']->())+ (provider)
WITH [item IN nodes(path) | item.key] AS path
WHERE all(position IN range(1, size(path) - 1) WHERE NOT path[position] IN path[0..position])
WITH DISTINCT path
RETURN path
ORDER BY size(path), path
LIMIT $first;

// name: common_dependencies
// What several items stand on together, directly or not: what most of them share first, then the nearest.
// params: keys (list of item keys, at most 100), at_least (integer, how many must share it), before_shared (integer), after_depth (integer), after_key (string), first (integer, 1..501)
// returns: key, dependents, depth
UNWIND $keys AS key
MATCH (start:ConfigurationItem {key: key})
MATCH path = (start)-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*0..]->(found:ConfigurationItem)
WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') <> 'INFO')
WITH start, found, min(length(path)) AS depth
ORDER BY start.key
WITH found.key AS key, collect(start.key) AS dependents, max(depth) AS depth
WITH key, dependents, depth, size(dependents) AS shared
WHERE shared >= $at_least
  AND (shared < $before_shared
    OR (shared = $before_shared AND (depth > $after_depth OR (depth = $after_depth AND key > $after_key))))
RETURN key, dependents, depth
ORDER BY shared DESC, depth, key
LIMIT $first;

// name: count_common_dependencies
// How many items several items stand on together.
// params: keys (list of item keys, at most 100), at_least (integer, how many must share it)
// returns: count
UNWIND $keys AS key
MATCH (start:ConfigurationItem {key: key})
MATCH path = (start)-[edges:DEPENDS_ON|HAS_MEMBER|LOCATED_IN*0..]->(found:ConfigurationItem)
WHERE all(edge IN edges WHERE coalesce(edge.strength, 'HARD') <> 'INFO')
WITH start, found, min(length(path)) AS depth
WITH found, count(start) AS shared
WHERE shared >= $at_least
RETURN count(found) AS count;

// name: next_dependents
// Who directly needs any of these items, or is part of or operated by them, and is not known yet: one step of a map.
// params: keys (list of item keys, at most 500), known (list of item keys, at most 500), first (integer, 1..501)
// returns: key
UNWIND $keys AS key
MATCH (:ConfigurationItem {key: key})<-[:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF|PART_OF]-(found:ConfigurationItem)
WHERE NOT found.key IN $known
WITH DISTINCT found.key AS key
RETURN key
ORDER BY key
LIMIT $first;

// name: next_dependencies
// What any of these items directly needs, is part of or operated by, and is not known yet: one step of a map.
// params: keys (list of item keys, at most 500), known (list of item keys, at most 500), first (integer, 1..501)
// returns: key
UNWIND $keys AS key
MATCH (:ConfigurationItem {key: key})-[:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF|PART_OF]->(found:ConfigurationItem)
WHERE NOT found.key IN $known
WITH DISTINCT found.key AS key
RETURN key
ORDER BY key
LIMIT $first;

// name: edges_between
// The edges between any two of these items: what a map draws.
// params: keys (list of item keys, at most 500)
// returns: dependent, provider, relation, strength
UNWIND $keys AS key
MATCH (dependent:ConfigurationItem {key: key})-[edge:DEPENDS_ON|HAS_MEMBER|LOCATED_IN|OPERATED_BY|PROVIDED_BY|SUBCONTRACTS_TO|CHILD_OF|PART_OF]->(provider:ConfigurationItem)
WHERE provider.key IN $keys
RETURN dependent.key AS dependent, provider.key AS provider, type(edge) AS relation, edge.strength AS strength
ORDER BY dependent, provider, relation;
