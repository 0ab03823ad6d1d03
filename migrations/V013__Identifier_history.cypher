CREATE INDEX identified_until IF NOT EXISTS FOR ()-[tie:IDENTIFIED]-() ON (tie.until);
