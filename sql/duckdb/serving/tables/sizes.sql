-- {level}.sizes: the last reading of each data source in the {period}. A gauge: never to be summed over time.
-- One row per (organization, {period}, datasource_id).
-- Merged from storage_sizes.
create table {level}.sizes (
    organization integer not null,
    {period} {period_type} not null,
    datasource_id varchar not null,
    datasource_name varchar not null,
    last_at timestamp not null,
    bytes hugeint not null,
    rows hugeint not null
)
