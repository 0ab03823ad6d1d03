CREATE INDEX event_due_at IF NOT EXISTS FOR (event:Event) ON (event.dueAt);
CREATE CONSTRAINT intake_mark_id IF NOT EXISTS FOR (mark:IntakeMark) REQUIRE mark.id IS UNIQUE;
CREATE CONSTRAINT seen_delivery_id IF NOT EXISTS FOR (delivery:SeenDelivery) REQUIRE delivery.id IS UNIQUE;
CREATE INDEX seen_delivery_received_at IF NOT EXISTS FOR (delivery:SeenDelivery) ON (delivery.receivedAt);
CREATE CONSTRAINT quarantined_delivery_id IF NOT EXISTS FOR (delivery:QuarantinedDelivery) REQUIRE delivery.id IS UNIQUE;
CREATE INDEX quarantined_delivery_received_at IF NOT EXISTS FOR (delivery:QuarantinedDelivery) ON (delivery.receivedAt);
