CREATE CONSTRAINT event_version_id IF NOT EXISTS FOR (counter:EventVersion) REQUIRE counter.id IS UNIQUE;
CREATE INDEX event_version IF NOT EXISTS FOR (event:Event) ON (event.version);
