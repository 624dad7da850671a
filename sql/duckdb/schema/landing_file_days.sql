-- landing.file_days: on which days the valid rows of a file fall, whatever folder the file lies in.
-- One row per (file_id, day).
-- Written with landing.files.
create table if not exists landing.file_days (
    file_id bigint not null,
    family varchar not null,
    day date not null,
    row_count ubigint not null,
    last_exported_at timestamp not null,
    -- Bit h is set when some of the rows happened between h and h + 1 o'clock, UTC.
    hours integer not null
)
