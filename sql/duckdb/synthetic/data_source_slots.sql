-- data_source_slots: a drawn number to a data source, as often as its share of one month's operations.
-- One row per slot from 0.
-- Reads data_sources, organizations. An organization without requests still writes a little.
create or replace temp table data_source_slots as
with weights as (
    select
        data_sources.data_source_no,
        (0.002 + organizations.weight)
        * data_sources.share
        * (1 + organizations.growth * (month($month) / 12.0 - 0.5)) as weight
    from data_sources
    inner join organizations using (organization_no)
    where organizations.joined_on is null or organizations.joined_on <= $month
),

bands as (
    select
        data_source_no,
        sum(weight) over (order by data_source_no) as weight_so_far
    from weights
),

ends as (
    select
        data_source_no,
        floor($slots * weight_so_far / max(weight_so_far) over () + 0.5)::bigint as end_slot
    from bands
),

points as (
    select
        data_source_no,
        unnest(range(coalesce(lag(end_slot) over (order by data_source_no), 0), end_slot)) as slot
    from ends
)

select
    points.slot,
    organizations.region,
    organizations.utc_offset,
    data_sources.organization_id,
    data_sources.workspace_id,
    data_sources.datasource_id,
    data_sources.name,
    data_sources.new_name,
    data_sources.renamed_on,
    data_sources.bytes_per_row,
    data_sources.final_bytes
from points
inner join data_sources using (data_source_no)
inner join organizations using (organization_no)
