-- Which versions of which objects the snapshot's ledger holds in each day folder, as a sum that no order changes.
-- One row per (family, folder_day) of which it holds something.
-- Reads history.files. The same as mark_of in landing/objects.py.
select
    family,
    folder_day,
    sum(md5_number_lower(object_key || chr(9) || etag)) as mark
from history.files
where folder_day is not null
group by family, folder_day
