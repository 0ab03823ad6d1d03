CREATE CONSTRAINT situation_history_id IF NOT EXISTS FOR (history:SituationHistory) REQUIRE history.id IS UNIQUE;
CREATE CONSTRAINT situation_id IF NOT EXISTS FOR (situation:Situation) REQUIRE situation.id IS UNIQUE;
CREATE INDEX situation_status IF NOT EXISTS FOR (situation:Situation) ON (situation.status);
CREATE INDEX situation_opened_at IF NOT EXISTS FOR (situation:Situation) ON (situation.openedAt);
CREATE INDEX situation_resolved_at IF NOT EXISTS FOR (situation:Situation) ON (situation.resolvedAt);
