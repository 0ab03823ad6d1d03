CREATE INDEX past_version IF NOT EXISTS FOR (past:Past) ON (past.version);
CREATE INDEX event_closed_at IF NOT EXISTS FOR (event:Event) ON (event.closedAt);
