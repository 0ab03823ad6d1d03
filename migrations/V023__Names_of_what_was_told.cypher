UNWIND ['breachAt', 'toldAt', 'toldWith'] AS name
CALL db.createProperty(name);
UNWIND ['ToldPlace', 'ToldUnmatched', 'ToldImpact'] AS name
CALL db.createLabel(name);
MATCH (counter:EventVersion {id: 'events'})
MERGE (place:ToldPlace {id: 'changes'})
SET place.version = counter.version;
