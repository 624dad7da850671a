-- pipe_slots: a drawn number to a pipe, as often as the pipe's share of one month's traffic.
-- One row per slot from 0; a pipe too small for a slot gets no requests that month.
-- Reads pipes, workspaces, organizations. A hash lookup of a slot costs far less than a range join per request.
create or replace temp table pipe_slots as
with weights as (
    select
        pipes.pipe_no,
        organizations.weight
        * workspaces.share
        * pipes.share
        * (1 + organizations.growth * (month($month) / 12.0 - 0.5)) as weight
    from pipes
    inner join workspaces using (workspace_no)
    inner join organizations on pipes.organization_no = organizations.organization_no
    where organizations.weight > 0 and (organizations.joined_on is null or organizations.joined_on <= $month)
),

bands as (
    select
        pipe_no,
        sum(weight) over (order by pipe_no) as weight_so_far
    from weights
),

ends as (
    select
        pipe_no,
        floor($slots * weight_so_far / max(weight_so_far) over () + 0.5)::bigint as end_slot
    from bands
),

points as (
    select
        pipe_no,
        unnest(range(coalesce(lag(end_slot) over (order by pipe_no), 0), end_slot)) as slot
    from ends
)

select
    points.slot,
    organizations.region,
    organizations.utc_offset,
    pipes.pipe_no,
    pipes.organization_id,
    pipes.workspace_id,
    pipes.pipe_id,
    pipes.name,
    pipes.new_name,
    pipes.renamed_on,
    pipes.typical_ms,
    pipes.typical_bytes,
    pipes.bytes_per_row,
    pipes.page_rows,
    pipes.error_rate
from points
inner join pipes using (pipe_no)
inner join organizations using (organization_no)
