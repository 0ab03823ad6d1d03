CREATE CONSTRAINT maintenance_window_id IF NOT EXISTS FOR (window:MaintenanceWindow) REQUIRE window.id IS UNIQUE;
CREATE INDEX maintenance_window_starts_at IF NOT EXISTS FOR (window:MaintenanceWindow) ON (window.startsAt);
CREATE INDEX maintenance_window_ends_at IF NOT EXISTS FOR (window:MaintenanceWindow) ON (window.endsAt);
CREATE INDEX maintenance_window_version IF NOT EXISTS FOR (window:MaintenanceWindow) ON (window.version);
