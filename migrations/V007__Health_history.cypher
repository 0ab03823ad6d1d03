CREATE CONSTRAINT health_history_id IF NOT EXISTS FOR (history:HealthHistory) REQUIRE history.id IS UNIQUE;
CREATE CONSTRAINT health_period_id IF NOT EXISTS FOR (period:HealthPeriod) REQUIRE period.id IS UNIQUE;
CREATE INDEX health_period_key IF NOT EXISTS FOR (period:HealthPeriod) ON (period.key);
CREATE INDEX health_period_since IF NOT EXISTS FOR (period:HealthPeriod) ON (period.since);
CREATE INDEX health_period_ended_at IF NOT EXISTS FOR (period:HealthPeriod) ON (period.endedAt);
CREATE INDEX health_period_lasts IF NOT EXISTS FOR (period:HealthPeriod) ON (period.lasts);
