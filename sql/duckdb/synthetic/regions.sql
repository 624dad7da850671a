-- regions: where the world's organizations live.
-- One row per region, with how its customers call it and how far their clocks are from UTC.
-- Reads three lists of equal length.
create or replace temp table regions as
select
    unnest(range(len($names))) as region_no,
    unnest($names) as region,
    unnest($labels) as label,
    unnest($utc_offsets) as utc_offset
