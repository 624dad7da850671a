-- The summaries of a year that stay as they are: of customers who own something and are not recomputed.
-- One row per wrapped_id.
-- Reads wrapped_summaries, writes {staging}.
insert into {staging}
select *
from wrapped_summaries
where year = {year:Int32}
    and wrapped_id in (select wrapped_id from wrapped_organizations)
    and wrapped_id not in (select wrapped_id from staging_members)
