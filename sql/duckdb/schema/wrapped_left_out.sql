-- main.wrapped_left_out: the landing files that raw did not hold when an edition was frozen.
-- One row per (year, file_id); files that landed later have a higher id than the edition's last_file.
-- Written by wrapped_summaries in the transaction that freezes the edition.
create table if not exists main.wrapped_left_out (
    year smallint not null,
    file_id bigint not null
)
