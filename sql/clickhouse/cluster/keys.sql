-- What the engine and the keys of {table} are, in words for a table beside it.
-- One row.
-- Reads system.tables.
select engine, partition_key, sorting_key
from system.tables
where database = currentDatabase() and name = {table:String}
