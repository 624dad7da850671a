-- The requests that each layer holds, whatever their year.
-- One row per layer.
-- Reads raw and the four levels of rollups.
select 'requests in raw' as what, count(*) as requests from raw.pipe_stats
union all
select 'requests in hourly', cast(sum(requests) as bigint) from hourly.pipe_stats_requests
union all
select 'requests in daily', cast(sum(requests) as bigint) from daily.pipe_stats_requests
union all
select 'requests in weekly', cast(sum(requests) as bigint) from weekly.pipe_stats_requests
union all
select 'requests in monthly', cast(sum(requests) as bigint) from monthly.pipe_stats_requests
