// name: subscriptions
// Every subscription to notices, by name.
// params: nothing
// returns: subscription
// scan: there are few subscriptions, and all of them are asked
MATCH (subscription:NotificationSubscription)
RETURN subscription {.*} AS subscription
ORDER BY subscription.name, subscription.id;

// name: subscription_by_id
// One subscription.
// params: id (string)
// returns: subscription
MATCH (subscription:NotificationSubscription {id: $id})
RETURN subscription {.*} AS subscription;

// name: store_subscription
// Stores a subscription; a pause of it is over, for what led to it may be put right.
// params: id (string), properties (map)
// returns: nothing
MERGE (subscription:NotificationSubscription {id: $id})
ON CREATE SET subscription.sequence = 0
SET subscription += $properties, subscription.failures = 0, subscription.pausedUntil = null;

// name: remove_subscription
// Removes a subscription; what was sent to it stays in the log for as long as it is kept.
// params: id (string)
// returns: id
MATCH (subscription:NotificationSubscription {id: $id})
DELETE subscription
RETURN $id AS id;

// name: told_subscriptions
// Of which of these subjects each subscription was told.
// params: subjects (list of string)
// returns: subscriptionId, told
UNWIND $subjects AS subject
MATCH (notification:Notification {subject: subject})
RETURN notification.subscriptionId AS subscriptionId, collect(DISTINCT subject) AS told
ORDER BY subscriptionId;

// name: known_notifications
// Which of these are ids of notifications.
// params: ids (list of string)
// returns: id
UNWIND $ids AS wanted
MATCH (notification:Notification {id: wanted})
RETURN notification.id AS id
ORDER BY id;

// name: add_notifications
// Adds notifications to the outboxes of their subscriptions, numbered on in the order given.
// params: batches (list of {subscriptionId, rows: list of {id, properties}}, sorted by subscription)
// returns: nothing
UNWIND $batches AS batch
MATCH (subscription:NotificationSubscription {id: batch.subscriptionId})
SET subscription.sequence = subscription.sequence + size(batch.rows)
WITH subscription, batch, subscription.sequence - size(batch.rows) AS before
UNWIND range(1, size(batch.rows)) AS place
WITH batch.rows[place - 1] AS row, batch.subscriptionId AS subscriptionId, before + place AS sequence
MERGE (notification:Notification {id: row.id})
ON CREATE SET notification += row.properties, notification.subscriptionId = subscriptionId,
  notification.sequence = sequence, notification.status = 'PENDING', notification.attempts = 0;

// name: due_subscriptions
// The subscriptions that have something to be sent, that nobody sends to and that are not paused.
// params: now (datetime)
// returns: id
// scan: there are few subscriptions
MATCH (subscription:NotificationSubscription)
WHERE subscription.enabled
  AND (subscription.leasedUntil IS NULL OR subscription.leasedUntil <= $now)
  AND (subscription.pausedUntil IS NULL OR subscription.pausedUntil <= $now)
  AND EXISTS {
    MATCH (notification:Notification {subscriptionId: subscription.id, status: 'PENDING'})
    WHERE notification.dueAt <= $now
  }
RETURN subscription.id AS id
ORDER BY id;

// name: lease_subscription
// Takes a subscription for one worker until a time, unless another has it. The first SET makes workers wait in turn.
// params: id (string), owner (string), now (datetime), until (datetime)
// returns: subscription
MATCH (subscription:NotificationSubscription {id: $id})
SET subscription.failures = subscription.failures + 0
WITH subscription
WHERE subscription.enabled AND (subscription.leasedUntil IS NULL OR subscription.leasedUntil <= $now)
SET subscription.leasedUntil = $until, subscription.leasedBy = $owner
RETURN subscription {.*} AS subscription;

// name: release_subscription
// Gives a subscription back, if it is still this worker's.
// params: id (string), owner (string)
// returns: nothing
MATCH (subscription:NotificationSubscription {id: $id})
WHERE subscription.leasedBy = $owner
SET subscription.leasedUntil = null, subscription.leasedBy = null;

// name: due_notifications
// What is to be sent to a subscription, in order. A notification waits for an earlier one of its subject that failed.
// params: subscription_id (string), now (datetime), first (integer)
// returns: notification
MATCH (notification:Notification {subscriptionId: $subscription_id, status: 'PENDING'})
WHERE notification.dueAt <= $now AND NOT EXISTS {
  MATCH (earlier:Notification {subject: notification.subject})
  WHERE earlier.subscriptionId = $subscription_id AND earlier.status = 'PENDING' AND earlier.attempts > 0
    AND earlier.sequence < notification.sequence AND earlier.dueAt > $now
}
RETURN notification {.*} AS notification
ORDER BY notification.sequence
LIMIT $first;

// name: settle_notification
// Notes down what came of an attempt; one that was settled by another worker meanwhile stays as it is.
// params: id (string), properties (map)
// returns: nothing
MATCH (notification:Notification {id: $id})
WHERE notification.status = 'PENDING'
SET notification += $properties;

// name: settle_subscription
// Notes down how a subscription fares, and prolongs the lease; nothing if it is no longer this worker's.
// params: id (string), owner (string), until (datetime), properties (map)
// returns: id
MATCH (subscription:NotificationSubscription {id: $id})
WHERE subscription.leasedBy = $owner
SET subscription += $properties, subscription.leasedUntil = $until
RETURN subscription.id AS id;

// name: notifications
// Notifications, newest first.
// params: status (string or null), subscription_id (string or null), before_at (datetime or null), before_id (string), first (integer, 1..501)
// returns: notification
MATCH (notification:Notification)
WHERE notification.createdAt IS NOT NULL
  AND ($status IS NULL OR notification.status = $status)
  AND ($subscription_id IS NULL OR notification.subscriptionId = $subscription_id)
  AND ($before_at IS NULL OR notification.createdAt < $before_at
    OR (notification.createdAt = $before_at AND notification.id > $before_id))
RETURN notification {.*} AS notification
ORDER BY notification.createdAt DESC, notification.id
LIMIT $first;

// name: count_notifications
// How many notifications pass the filter.
// params: status (string or null), subscription_id (string or null)
// returns: count
MATCH (notification:Notification)
WHERE notification.createdAt IS NOT NULL
  AND ($status IS NULL OR notification.status = $status)
  AND ($subscription_id IS NULL OR notification.subscriptionId = $subscription_id)
RETURN count(notification) AS count;

// name: replay_notification
// Has a notification sent again from now on, whatever became of it.
// params: id (string), now (datetime)
// returns: notification
MATCH (notification:Notification {id: $id})
SET notification.status = 'PENDING', notification.attempts = 0, notification.dueAt = $now
RETURN notification {.*} AS notification;

// name: give_up_notifications
// Gives up what has waited since before a time; its subscription is gone, disabled, or out of reach for good.
// params: before (datetime), first (integer)
// returns: nothing
MATCH (notification:Notification)
WHERE notification.createdAt < $before AND notification.status = 'PENDING'
WITH notification LIMIT $first
SET notification.status = 'DEAD';

// name: forget_notifications
// Removes what was created before a time.
// params: before (datetime), first (integer)
// returns: nothing
MATCH (notification:Notification)
WHERE notification.createdAt < $before
WITH notification LIMIT $first
DELETE notification;
