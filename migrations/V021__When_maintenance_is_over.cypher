MATCH (window:MaintenanceWindow)
WHERE window.overAt IS NULL
SET window.overAt = window.endsAt;
