CREATE CONSTRAINT write_counter_id IF NOT EXISTS FOR (counter:WriteCounter) REQUIRE counter.id IS UNIQUE;
