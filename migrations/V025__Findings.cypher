CREATE CONSTRAINT finding_id IF NOT EXISTS FOR (finding:Finding) REQUIRE finding.id IS UNIQUE;
CREATE CONSTRAINT finding_check_id IF NOT EXISTS FOR (check:FindingCheck) REQUIRE check.id IS UNIQUE;
CREATE INDEX finding_status IF NOT EXISTS FOR (finding:Finding) ON (finding.status);
CREATE INDEX finding_item IF NOT EXISTS FOR (finding:Finding) ON (finding.itemKey);
