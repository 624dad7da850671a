-- stale.raw: what raw must merge because files landed. Empty means up to date.
-- One row per (family, day, file_id); a null file means the whole day is rebuilt from its files as they are now.
-- Written by landing in the transaction that imported the file, deleted by raw in the one that merged it.
create table if not exists stale.raw (
    family varchar not null,
    period date not null,
    file_id bigint
)
