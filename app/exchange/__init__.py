"""Exchange: bulk import from native JSON, YAML, NDJSON and CSV files, and export of everything.

Reads files into raw rows (`native`, `yaml_files`, `csv_files`), passes each through `inventory.rules` (`plan`), and
leaves every check against the store, and the one transaction, to `inventory.actions`.
Decision: an import is one plan in memory and one transaction, so that a file is either taken whole or not at all;
an export is spooled to a file first, because only the graph version at both ends tells whether it was consistent.
"""
