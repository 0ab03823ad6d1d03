// name: take_intake
// Remembers up to which delivery a journal has been processed, and tells up to which it had been.
// params: journal (string), upto (integer)
// returns: before
MERGE (mark:IntakeMark {id: $journal})
WITH mark, coalesce(mark.upto, 0) AS before
SET mark.upto = CASE WHEN $upto > before THEN $upto ELSE before END
RETURN before;

// name: take_deliveries
// Notes that these deliveries were received; whether each had been received before.
// params: ids (list of string, a sender and its name for the delivery), at (datetime)
// returns: id, seen
UNWIND $ids AS id
MERGE (delivery:SeenDelivery {id: id})
WITH id, delivery, delivery.receivedAt IS NOT NULL AS seen
SET delivery.receivedAt = coalesce(delivery.receivedAt, $at)
RETURN id, seen;

// name: forget_deliveries
// Forgets deliveries received before an instant.
// params: before (datetime), first (integer)
// returns: nothing
MATCH (delivery:SeenDelivery)
WHERE delivery.receivedAt < $before
WITH delivery LIMIT $first
DELETE delivery;

// name: quarantine
// Keeps deliveries that could not be read, or not wholly.
// params: rows (list of {id, properties})
// returns: nothing
UNWIND $rows AS row
MERGE (delivery:QuarantinedDelivery {id: row.id})
SET delivery += row.properties;

// name: quarantined
// Deliveries that could not be read, newest first.
// params: before_at (datetime or null), before_id (string), first (integer, 1..501)
// returns: delivery
MATCH (delivery:QuarantinedDelivery)
WHERE delivery.receivedAt IS NOT NULL
  AND ($before_at IS NULL OR delivery.receivedAt < $before_at OR (delivery.receivedAt = $before_at AND delivery.id > $before_id))
RETURN delivery {.*} AS delivery
ORDER BY delivery.receivedAt DESC, delivery.id
LIMIT $first;

// name: count_quarantined
// How many deliveries are kept because they could not be read.
// params: nothing
// returns: count
MATCH (delivery:QuarantinedDelivery)
RETURN count(delivery) AS count;

// name: quarantined_by_id
// The kept deliveries with these ids.
// params: ids (list of string)
// returns: delivery
UNWIND $ids AS id
MATCH (delivery:QuarantinedDelivery {id: id})
RETURN delivery {.*} AS delivery
ORDER BY delivery.receivedAt, delivery.id;

// name: discard_quarantined
// Drops kept deliveries.
// params: ids (list of string)
// returns: count
UNWIND $ids AS id
MATCH (delivery:QuarantinedDelivery {id: id})
DELETE delivery
RETURN count(*) AS count;
