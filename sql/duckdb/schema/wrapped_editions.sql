-- main.wrapped_editions: how far each edition's numbers reach, by the data's own clock.
-- One row per year.
-- Written by wrapped_summaries; `last_file` is the newest landing file contained, `frozen_at` is set once late rows
-- are no longer followed.
create table if not exists main.wrapped_editions (
    year smallint not null,
    through timestamp not null,
    generated_at timestamp not null,
    last_file bigint not null,
    frozen_at timestamp
)
