-- What the ledger says of some objects before they are imported again: what their present versions brought.
-- One row per object key known.
-- Reads landing_ledger.
select
    object_key,
    argMax(`days.day`, sequence) as days,
    argMax(row_count, sequence) as row_count
from landing_ledger
where family = {family:String} and object_key in {keys:Array(String)}
group by object_key
