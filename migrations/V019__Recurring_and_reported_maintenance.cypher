CREATE INDEX maintenance_window_over_at IF NOT EXISTS FOR (window:MaintenanceWindow) ON (window.overAt);
CREATE INDEX maintenance_window_origin IF NOT EXISTS FOR (window:MaintenanceWindow) ON (window.source, window.externalId);
