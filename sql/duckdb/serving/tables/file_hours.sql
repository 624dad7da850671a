-- file_hours: in which hours of the year a landed file has valid rows, so that a touched hour reads its own files only.
-- One row per (file_id, day); bit h of `hours` is h to h + 1 o'clock, UTC.
-- Written by write_snapshot.
create table file_hours (
    file_id bigint not null,
    family varchar not null,
    day date not null,
    row_count ubigint not null,
    hours integer not null
)
