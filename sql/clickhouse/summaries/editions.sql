-- The years that have an edition.
-- One row per year.
-- Reads wrapped_editions.
select year
from wrapped_editions
order by year
