-- main.wrapped_editions: how far each edition's numbers reach, by the data's own clock.
-- One row per year.
-- Written by wrapped_summaries; `frozen_at` is set once the edition no longer follows late rows.
create table if not exists main.wrapped_editions (
    year smallint not null,
    through timestamp not null,
    generated_at timestamp not null,
    frozen_at timestamp
)
