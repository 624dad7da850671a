-- {level}_sizes: the last reading of each data source in the {period}, as it is now. A gauge: never to be summed over time.
-- One row per (organization, {period}, datasource_id).
-- Reads present_{level}.
create view {level}_sizes as
select
    organization,
    {period},
    id as datasource_id,
    label as datasource_name,
    last_at,
    bytes,
    rows
from present_{level}
where kind = 'sizes'
