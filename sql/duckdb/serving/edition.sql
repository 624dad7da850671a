-- edition: how far the year reaches, as its summaries say.
-- One row.
-- Reads main.wrapped_editions.
select
    $version as version,
    year,
    through,
    generated_at,
    frozen_at is not null as is_frozen
from main.wrapped_editions
where year = $year
