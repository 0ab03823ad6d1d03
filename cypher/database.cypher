// name: count_write
// Counts a transaction of ours; the server numbers them all, so what it counts beyond is another program's.
// params: counter (string; writers of one counter wait for each other)
// returns: nothing
MERGE (own:WriteCounter {id: $counter})
SET own.writes = coalesce(own.writes, 0) + 1;
