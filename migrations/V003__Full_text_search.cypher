CREATE FULLTEXT INDEX item_search IF NOT EXISTS FOR (found:ConfigurationItem|Identifier) ON EACH [found.key, found.name, found.value];
