-- files: the import ledger as it was: which version of each landing object the numbers hold.
-- One row per object key; `state` is landed or quarantined.
-- Written by write_snapshot.
create table files (
    file_id bigint not null,
    family varchar not null,
    object_key varchar not null,
    etag varchar not null,
    size ubigint not null,
    folder_day date,
    region varchar,
    state varchar not null,
    has_impossible_rows boolean not null
)
