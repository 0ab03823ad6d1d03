CREATE CONSTRAINT scenario_name IF NOT EXISTS FOR (scenario:Scenario) REQUIRE scenario.name IS UNIQUE;
CREATE CONSTRAINT scenario_run_id IF NOT EXISTS FOR (run:ScenarioRun) REQUIRE run.id IS UNIQUE;
CREATE INDEX scenario_run_name IF NOT EXISTS FOR (run:ScenarioRun) ON (run.name, run.createdAt);
