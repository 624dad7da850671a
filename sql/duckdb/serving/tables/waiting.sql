-- waiting: hours of which the ledger says more than the numbers do, because raw had not followed it yet.
-- One row per (family, day) with such an hour.
-- Written by write_snapshot.
create table waiting (
    family varchar not null,
    day date not null,
    hours integer not null
)
