CREATE CONSTRAINT source_mapping_name IF NOT EXISTS FOR (source:SourceMapping) REQUIRE source.name IS UNIQUE;
