-- Who has a document: customers with a request, an operation or a reading in $year.
-- One row per customer.
-- Reads members and a year of the yearly rollups.
select customer
from members
semi join (
    select organization_id from yearly.pipe_stats_requests where year = make_date($year, 1, 1)
    union all
    select organization_id from yearly.ingestion_operations where year = make_date($year, 1, 1)
    union all
    select organization_id from yearly.storage_sizes where year = make_date($year, 1, 1)
) as active using (organization_id)
group by customer
