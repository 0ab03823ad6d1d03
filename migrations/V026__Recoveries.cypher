CREATE CONSTRAINT recovery_id IF NOT EXISTS FOR (recovery:Recovery) REQUIRE recovery.id IS UNIQUE;
CREATE CONSTRAINT recovery_step_id IF NOT EXISTS FOR (step:RecoveryStep) REQUIRE step.id IS UNIQUE;
CREATE INDEX recovery_started_at IF NOT EXISTS FOR (recovery:Recovery) ON (recovery.startedAt);
