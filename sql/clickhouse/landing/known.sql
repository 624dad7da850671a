-- The objects of a family already in the ledger, in their newest version.
-- One row per object key.
-- Reads landing_ledger for the folder days in {days}, or for all when {everywhere}.
select object_key, argMax(etag, sequence) as etag
from landing_ledger
where family = {family:String}
    and ({everywhere:Bool} or folder_day in {days:Array(Date32)})
group by object_key
