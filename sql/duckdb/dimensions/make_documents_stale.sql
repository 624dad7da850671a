-- Makes the summaries of organizations stale in every edition: a name that stands in them may be another.
-- One row per (year, organization_id).
-- Reads changed and main.wrapped_editions, writes stale.summaries.
insert into stale.summaries (year, organization_id)
select editions.year, changed.organization_id
from changed
cross join main.wrapped_editions as editions
