// name: save_scenario
// Stores a scenario under its name; if it is another one than before, as the next version.
// params: name (string), kind (string), keys (list of string), duration_seconds (integer), by (string), at (datetime)
// returns: scenario
MERGE (scenario:Scenario {name: $name})
ON CREATE SET scenario.version = 0
WITH scenario, scenario.version > 0 AND scenario.kind = $kind AND scenario.keys = $keys
     AND scenario.durationSeconds = $duration_seconds AS known
FOREACH (_ IN CASE WHEN known THEN [] ELSE [1] END |
    SET scenario.version = scenario.version + 1, scenario.kind = $kind, scenario.keys = $keys,
        scenario.durationSeconds = $duration_seconds, scenario.createdBy = $by, scenario.createdAt = $at)
RETURN scenario {.*} AS scenario;

// name: scenarios_to_merge
// The newest versions of these scenarios, locked until the transaction ends: whoever saves one waits.
// params: names (list of string)
// returns: scenario
UNWIND $names AS name
MATCH (scenario:Scenario {name: name})
SET scenario.name = name
RETURN scenario {.*} AS scenario ORDER BY scenario.name;

// name: write_scenarios
// Writes scenarios as they are to be, known by name.
// params: rows (list of properties with name)
// returns: nothing
UNWIND $rows AS row
MERGE (scenario:Scenario {name: row.name})
SET scenario += row;

// name: scenario_by_name
// The newest version of a scenario.
// params: name (string)
// returns: scenario
MATCH (scenario:Scenario {name: $name})
RETURN scenario {.*} AS scenario;

// name: scenarios
// The newest versions of scenarios, by name.
// params: after (string), first (integer, 1..501)
// returns: scenario
MATCH (scenario:Scenario)
WHERE scenario.name > $after
RETURN scenario {.*} AS scenario ORDER BY scenario.name LIMIT $first;

// name: count_scenarios
// How many scenarios there are.
// params: nothing
// returns: count
MATCH (scenario:Scenario)
WHERE scenario.name IS NOT NULL
RETURN count(scenario) AS count;

// name: add_scenario_run
// Keeps a run as evidence: of which version of the scenario and of the graph, and what came of it.
// params: id (string), properties (map)
// returns: nothing
CREATE (run:ScenarioRun {id: $id})
SET run += $properties;

// name: scenario_run_by_id
// One run.
// params: id (string)
// returns: run
MATCH (run:ScenarioRun {id: $id})
RETURN run {.*} AS run;

// name: scenario_runs
// The runs of a scenario, of all its versions, newest first.
// params: name (string), before_at (datetime or null), before_id (string), first (integer, 1..501)
// returns: run
MATCH (run:ScenarioRun {name: $name})
WHERE run.createdAt IS NOT NULL
  AND ($before_at IS NULL OR run.createdAt < $before_at OR (run.createdAt = $before_at AND run.id > $before_id))
RETURN run {.*} AS run ORDER BY run.createdAt DESC, run.id LIMIT $first;

// name: count_scenario_runs
// How many runs a scenario has.
// params: name (string)
// returns: count
MATCH (run:ScenarioRun {name: $name})
WHERE run.createdAt IS NOT NULL
RETURN count(run) AS count;
