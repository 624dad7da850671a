-- yearly.{table}: months merged into one row per group and year. 128 bits travel as decimals: Arrow has no such integer.
-- One row per (year, {dimensions}).
-- Reads monthly_{table} from {since} up to {until}, of the organizations in a batch of staging_members.
-- The sorting key of the months starts with the organization: others are not read.
select
    toStartOfYear(state.month) as year,
    {dimensions},
    {measures}
from monthly_{table} as state
where state.month >= {since:Date32} and state.month < {until:Date32}
    and organization_id in ({in_batch})
group by year, {dimensions}
