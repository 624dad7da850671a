-- The year of all customers together.
-- One row per total.
-- Reads the summaries of 2017.
select total.1 as what, total.2 as value
from (
    select arrayJoin([
        ('requests', toInt128(sum(requests))),
        ('bytes', toInt128(sum(bytes_read))),
        ('errors', toInt128(sum(errors))),
        ('hosts', toInt128(count()))
    ]) as total
    from wrapped_summaries
    where year = 2017
)
