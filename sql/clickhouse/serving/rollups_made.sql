-- What the rollups are built from at this moment: two equal answers mean that none was rebuilt in between.
-- One row.
-- Reads built.
select count() as marks, max(sequence) as sequence, max(source_sequence) as source_sequence
from built
where layer in ('hourly', 'daily', 'monthly')
