-- The workspaces with most requests, with what they read and wrote.
-- One row per workspace.
-- Reads organizations, daily_requests, daily_operations and workspaces.
with wanted as (
    select organization, organization_id, region
    from organizations
    where wrapped_id in (select trim(unnest(string_split($wrapped_id, ',')), ' '))
),

parts as (
    select organization, workspace_id, requests, errors, read_bytes as bytes_read, 0 as bytes_written
    from daily_requests
    where day >= $start_date and day < $end_date
    union all
    select organization, workspace_id, 0 as requests, 0 as errors, 0 as bytes_read, written_bytes as bytes_written
    from daily_operations
    where day >= $start_date and day < $end_date
),

totals as (
    select
        organization,
        wanted.organization_id,
        wanted.region,
        parts.workspace_id,
        cast(sum(parts.requests) as bigint) as requests,
        if(count(parts.errors) = count(*), cast(sum(parts.errors) as bigint), null) as errors,
        cast(sum(parts.bytes_read) as hugeint) as bytes_read,
        cast(sum(parts.bytes_written) as hugeint) as bytes_written
    from parts
    join wanted using (organization)
    group by organization, wanted.organization_id, wanted.region, parts.workspace_id
),

ranked as (
    select
        totals.*,
        named.name,
        row_number() over (
            order by
                totals.requests desc,
                totals.bytes_read + totals.bytes_written desc,
                totals.workspace_id,
                totals.organization_id,
                totals.region
        ) as position
    from totals
    left join workspaces as named using (organization, workspace_id)
)

select
    -- As in the document: what no snapshot of names knows is counted through, and nothing internal is shown.
    coalesce(name, 'Workspace ' || count(*) filter (where name is null) over (order by position)) as name,
    requests,
    errors,
    bytes_read,
    bytes_written
from ranked
order by position
limit greatest($limit, 0)
