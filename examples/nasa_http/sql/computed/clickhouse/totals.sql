-- The year of all customers together.
-- One row per total.
-- Reads the summaries of 2017.
select total.1 as what, total.2 as value
from (
    select arrayJoin([
        ('requests', toInt128(sum(requests))),
        ('bytes', sum(JSONExtract(facts, 'bytes_read', 'Int128'))),
        ('errors', sum(JSONExtract(facts, 'errors', 'Int128'))),
        ('hosts', toInt128(count()))
    ]) as total
    from wrapped_summaries
    where year = 2017
)
