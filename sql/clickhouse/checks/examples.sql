-- The first five rows that break a rule, with how many there are of them in all.
-- One row per example.
-- Reads the rule: the query for the rows that break it.
select *
from (select *, count() over () as broken_rows from ({rule}
))
order by all
limit 5
