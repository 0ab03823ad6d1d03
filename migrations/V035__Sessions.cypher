CREATE CONSTRAINT session_id IF NOT EXISTS FOR (session:Session) REQUIRE session.id IS UNIQUE;
CREATE INDEX session_caller IF NOT EXISTS FOR (session:Session) ON (session.caller);
