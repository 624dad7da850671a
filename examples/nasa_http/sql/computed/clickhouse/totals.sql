-- The year of all customers together.
-- One row per total.
-- Reads the summaries of 2017.
select total.1 as what, total.2 as value
from (
    select arrayJoin([
        ('requests', toInt128(sum(requests))),
        ('bytes', sum(toInt128(extract(facts, '"bytes_read":(\\d+)')))),
        ('errors', sum(toInt128(extract(facts, '"errors":(\\d+)')))),
        ('hosts', toInt128(count()))
    ]) as total
    from wrapped_summaries
    where year = 2017
)
