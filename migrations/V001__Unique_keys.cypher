CREATE CONSTRAINT configuration_item_key IF NOT EXISTS FOR (item:ConfigurationItem) REQUIRE item.key IS UNIQUE;
CREATE CONSTRAINT identifier_kind_value IF NOT EXISTS FOR (identifier:Identifier) REQUIRE (identifier.kind, identifier.value) IS UNIQUE;
CREATE CONSTRAINT event_id IF NOT EXISTS FOR (event:Event) REQUIRE event.id IS UNIQUE;
CREATE CONSTRAINT graph_version_id IF NOT EXISTS FOR (graph:GraphVersion) REQUIRE graph.id IS UNIQUE;
CREATE CONSTRAINT change_version IF NOT EXISTS FOR (change:Change) REQUIRE change.version IS UNIQUE;
CREATE CONSTRAINT access_token_id IF NOT EXISTS FOR (token:AccessToken) REQUIRE token.id IS UNIQUE;
