CREATE CONSTRAINT audit_head_id IF NOT EXISTS FOR (head:AuditHead) REQUIRE head.id IS UNIQUE;
CREATE CONSTRAINT audit_entry_number IF NOT EXISTS FOR (entry:AuditEntry) REQUIRE entry.number IS UNIQUE;
