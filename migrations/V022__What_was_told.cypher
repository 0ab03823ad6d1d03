CREATE CONSTRAINT told_place_id IF NOT EXISTS FOR (place:ToldPlace) REQUIRE place.id IS UNIQUE;
CREATE CONSTRAINT told_unmatched_id IF NOT EXISTS FOR (told:ToldUnmatched) REQUIRE told.id IS UNIQUE;
CREATE CONSTRAINT told_impact_key IF NOT EXISTS FOR (told:ToldImpact) REQUIRE told.key IS UNIQUE;
CREATE INDEX told_unmatched_told_at IF NOT EXISTS FOR (told:ToldUnmatched) ON (told.toldAt);
