-- landing.quarantined_rows: landing rows that are impossible, each with its reason and its content.
-- One row per (file_id, row_number); row_number counts from 0 inside the file.
-- Written with landing.files; the rows leave when their file is replaced.
create table if not exists landing.quarantined_rows (
    file_id bigint not null,
    row_number bigint not null,
    reason varchar not null,
    content varchar not null
)
