CREATE CONSTRAINT match_rule_id IF NOT EXISTS FOR (rule:MatchRule) REQUIRE rule.id IS UNIQUE;
