-- Listeners whose plays are read for the first time, with their public id and bucket; their zone and wishes follow.
-- One row per listener.
-- Reads newcomers, who have their public id. The bucket is made of the first 16 bits of the SHA-256 of the public id.
insert into listeners
select
    cast((select coalesce(max(listener), 0) from listeners) + row_number() over (order by user_id) as integer) as listener,
    cast(cast('0x' || left(sha256(public_id), 4) as integer) * $buckets // 65536 as usmallint) as bucket,
    user_id,
    public_id,
    'UTC' as time_zone,
    false as opted_out
from newcomers
