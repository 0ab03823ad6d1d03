CREATE CONSTRAINT assessment_id IF NOT EXISTS FOR (assessment:Assessment) REQUIRE assessment.id IS UNIQUE;
CREATE CONSTRAINT assessment_version IF NOT EXISTS FOR (assessment:Assessment) REQUIRE (assessment.itemKey, assessment.version) IS UNIQUE;
CREATE INDEX assessment_status IF NOT EXISTS FOR (assessment:Assessment) ON (assessment.itemKey, assessment.status);
CREATE INDEX assessment_drafted_at IF NOT EXISTS FOR (assessment:Assessment) ON (assessment.draftedAt);
