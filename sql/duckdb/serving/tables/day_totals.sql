-- day_totals: requests by calendar day, all workspaces together: the peak day is found in these.
-- One row per (organization, day) with any request.
-- Merged from daily.requests.
create table day_totals (
    organization integer not null,
    day date not null,
    requests bigint not null,
    errors bigint not null
)
