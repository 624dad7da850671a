-- The highest number given to anything so far: the next change takes the one after it.
-- One row.
-- Reads every table that holds such numbers.
select max(sequence) as sequence
from (
    select max(sequence) as sequence from landing_ledger
    union all
    select max(greatest(sequence, source_sequence)) from built
    union all
    select max(sequence) from stale_summaries
    union all
    select max(sequence) from stale_identities
    union all
    select max(version) from edition_log
    union all
    select max(begun) from swaps
)
