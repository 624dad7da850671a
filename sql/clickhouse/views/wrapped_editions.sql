-- wrapped_editions: the editions that hold something, as their newest refresh left them.
-- One row per year.
-- Reads edition_log.
create view if not exists wrapped_editions as
select *
from edition_log
where (year, version) in (select year, max(version) from edition_log group by year)
    and generated_at is not null
