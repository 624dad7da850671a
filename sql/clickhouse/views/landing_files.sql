-- landing_files: the objects of the ledger in their newest version.
-- One row per object key; `state` is landed or quarantined.
-- Reads landing_ledger.
create view if not exists landing_files as
select *
from landing_ledger
where (family, object_key, sequence) in (
    select family, object_key, max(sequence)
    from landing_ledger
    group by family, object_key
)
