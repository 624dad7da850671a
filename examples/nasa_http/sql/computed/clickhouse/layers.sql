-- The requests that each layer holds, whatever their year.
-- One row per layer.
-- Reads raw and the four levels of rollups.
select 'requests in raw' as what, toInt64(count()) as held from raw_pipe_stats
union all
select 'requests in hourly', sumMerge(requests) from hourly_pipe_stats_requests
union all
select 'requests in daily', sumMerge(requests) from daily_pipe_stats_requests
union all
select 'requests in weekly', sumMerge(requests) from weekly_pipe_stats_requests
union all
select 'requests in monthly', sumMerge(requests) from monthly_pipe_stats_requests
