-- edition: the year that the snapshot is about, how far it reaches, and the version of these tables.
-- One row.
-- Written by write_snapshot.
create table edition (
    version integer not null,
    year smallint not null,
    through timestamp not null,
    generated_at timestamp not null,
    is_frozen boolean not null
)
