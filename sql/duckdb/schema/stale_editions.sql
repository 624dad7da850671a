-- stale.editions: the years for which raw took files in since their edition last said how far it reaches.
-- One row per year, or several.
-- Written by raw, deleted by wrapped_summaries once every level up to the year holds those files.
create table if not exists stale.editions (
    year smallint not null
)
