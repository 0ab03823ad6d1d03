UNWIND [
  'attempts', 'channel', 'disabledBecause', 'enabled', 'failures', 'leasedBy', 'leasedUntil', 'log', 'notice',
  'pausedUntil', 'quiet', 'secrets', 'sequence', 'subject', 'subscriptionId', 'target', 'wanted'
] AS name
CALL db.createProperty(name);
UNWIND ['NotificationSubscription', 'Notification'] AS name
CALL db.createLabel(name);
