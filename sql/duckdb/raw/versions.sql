-- What each day of raw.$family was merged from: another text whenever that changed.
-- One row per day that need not be rebuilt.
-- Reads the ledger and stale.raw: files that landed and are not merged yet do not count.
select file_days.day, concat_ws(' ', count(*), sum(files.file_id), max(files.file_id)) as version
from landing.file_days
join landing.files using (file_id)
left join stale.raw as waiting
    on waiting.family = $family
    and waiting.period = file_days.day
    and coalesce(waiting.file_id, file_days.file_id) = file_days.file_id
where files.state = 'landed' and file_days.family = $family and waiting.family is null
group by all
order by day
