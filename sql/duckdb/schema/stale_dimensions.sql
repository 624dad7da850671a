-- stale.dimensions: which snapshot files the dimensions must still merge. Empty means up to date.
-- One row per (family, file_id); a null file means the dimension is rebuilt from its files as they are now.
-- Written by landing in the transaction that imported the file, deleted by the dimension in the one that merged it.
create table if not exists stale.dimensions (
    family varchar not null,
    file_id bigint
)
