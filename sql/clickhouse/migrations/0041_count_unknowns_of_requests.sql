-- {level}_pipe_stats_requests: how many requests do not say whether they failed, or how many rows they answered; none of those before.
-- No rows.
-- Adds columns to {level}_pipe_stats_requests.
alter table {level}_pipe_stats_requests
    add column if not exists errors_unknown AggregateFunction(sum, Int64) after errors,
    add column if not exists result_rows_unknown AggregateFunction(sum, Int64) after result_rows
