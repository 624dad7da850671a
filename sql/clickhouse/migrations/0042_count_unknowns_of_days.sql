-- {level}_pipe_stats_days: how many requests do not say whether they failed; none of those before.
-- No rows.
-- Adds a column to {level}_pipe_stats_days.
alter table {level}_pipe_stats_days
    add column if not exists errors_unknown AggregateFunction(sum, Int64) after errors
