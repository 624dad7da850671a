-- windows: when a region exports which hours of a day, so that every event leaves in two exports or three.
-- One row per family and window; export_hour counts from the day's midnight, the window recurs every_days days.
-- Reads nothing. Few and wide, where a live region exports every ten minutes: a demo year should be few files.
create or replace temp table windows as
select
    family,
    object,
    from_hour,
    to_hour,
    export_hour,
    every_days
from (
    values
    ('pipe_stats', 'morning', 0, 12, 12, 1),
    ('pipe_stats', 'day', 0, 24, 24, 1),
    ('pipe_stats', 'evening', 12, 24, 36, 1),
    ('pipe_stats', 'reconciliation', 0, 24, 80, 7),
    ('ingestion', 'day', 0, 24, 24, 1),
    ('ingestion', 'day-again', 0, 24, 48, 1),
    ('storage', 'day', 0, 24, 24, 1),
    ('storage', 'day-again', 0, 24, 48, 1)
) as listed (family, object, from_hour, to_hour, export_hour, every_days)
