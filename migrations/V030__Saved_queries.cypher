CREATE CONSTRAINT saved_query_name IF NOT EXISTS FOR (saved:SavedQuery) REQUIRE saved.name IS UNIQUE;
