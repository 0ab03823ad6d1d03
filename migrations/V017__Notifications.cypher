CREATE CONSTRAINT notification_subscription_id IF NOT EXISTS FOR (subscription:NotificationSubscription) REQUIRE subscription.id IS UNIQUE;
CREATE CONSTRAINT notification_id IF NOT EXISTS FOR (notification:Notification) REQUIRE notification.id IS UNIQUE;
CREATE INDEX notification_due IF NOT EXISTS FOR (notification:Notification) ON (notification.subscriptionId, notification.status, notification.dueAt);
CREATE INDEX notification_subject IF NOT EXISTS FOR (notification:Notification) ON (notification.subject);
CREATE INDEX notification_created_at IF NOT EXISTS FOR (notification:Notification) ON (notification.createdAt);
