-- What was written, and the three kinds of operations that wrote most; equals go by their names.
-- One row per customer with an operation in $year.
-- Reads members and a year of the yearly rollup of operations.
with kinds as (
    select
        customer,
        event_type,
        sum(written_bytes) as bytes,
        sum(written_rows) as rows,
        cast(sum(operations) as bigint) as operations
    from yearly.ingestion_operations
    join members using (organization_id)
    where year = make_date($year, 1, 1)
    group by customer, event_type
),

ranked as (
    select *, row_number() over (partition by customer order by bytes desc, event_type) as position
    from kinds
)

select
    customer,
    sum(bytes) as ingestion_bytes,
    sum(rows) as ingestion_rows,
    cast(sum(operations) as bigint) as ingestion_operations,
    list(
        struct_pack(event_type := event_type, bytes := bytes, rows := rows, operations := operations)
        order by position
    ) filter (where position <= 3) as event_types
from ranked
group by customer
