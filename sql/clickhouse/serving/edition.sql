-- edition: how far the year reaches, as its summaries say.
-- One row.
-- Reads wrapped_editions.
select
    {version:Int32} as version,
    year,
    through,
    generated_at,
    frozen_at is not null as is_frozen
from wrapped_editions
where year = {year:Int32}
