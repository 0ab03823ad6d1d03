MATCH (event:Event)
WHERE event.turnAt IS NULL AND event.matchedAt IS NOT NULL
WITH event, coalesce(event.earlierKeys, []) + [event.matchKey] AS keys, event.closedAt IS NOT NULL AS closed
SET event.turnAt = [event.matchedAt] + coalesce(event.earlierUntil, []) + CASE WHEN closed THEN [event.closedAt] ELSE [] END,
    event.turnKey = keys + CASE WHEN closed THEN [''] ELSE [] END,
    event.turnState = [key IN keys | event.state] + CASE WHEN closed THEN [event.state] ELSE [] END,
    event.turnSince = [key IN keys | event.startsAt] + CASE WHEN closed THEN [event.startsAt] ELSE [] END
REMOVE event.matchedAt, event.earlierKeys, event.earlierUntil;
