-- landing.files: the import ledger, the truth about which file versions were imported.
-- One row per version of a landing object; `state` is landed, quarantined, or replaced (by a newer version of the same key).
-- Written in the transaction that makes the file's rows count.
create table if not exists landing.files (
    file_id bigint not null default nextval('landing.file_ids'),
    family varchar not null,
    object_key varchar not null,
    etag varchar not null,
    size ubigint not null,
    folder_day date,
    region varchar,
    state varchar not null,
    reason varchar,
    row_count ubigint not null default 0,
    bad_row_count ubigint not null default 0,
    last_exported_at timestamp,
    imported_at timestamp not null
)
