CREATE INDEX configuration_item_name IF NOT EXISTS FOR (item:ConfigurationItem) ON (item.name);
CREATE INDEX configuration_item_updated_at IF NOT EXISTS FOR (item:ConfigurationItem) ON (item.updatedAt);
CREATE INDEX identifier_short_name IF NOT EXISTS FOR (identifier:Identifier) ON (identifier.shortName);
CREATE INDEX event_status IF NOT EXISTS FOR (event:Event) ON (event.status);
CREATE INDEX event_received_at IF NOT EXISTS FOR (event:Event) ON (event.receivedAt);
CREATE INDEX event_fingerprint IF NOT EXISTS FOR (event:Event) ON (event.fingerprint);
