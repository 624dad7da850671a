-- days: days with a stream, the longest run of them, and the one with the most ms; then more streams, then the earlier.
-- One row per listener with a stream.
-- Reads day_pieces of the wanted listeners.
with days_heard as (
    select listener, day, sum(ms) as ms, sum(streams) as streams
    from day_pieces
    semi join wanted using (listener)
    group by all
    having sum(streams) > 0
),

-- Consecutive days have the same distance from their number in order.
numbered as (
    select *, day - cast(row_number() over (partition by listener order by day) as integer) as run
    from days_heard
),

runs as (
    select
        listener,
        run,
        count(*) as days,
        min({'ms': -ms, 'streams': -streams, 'date': day}) as peak
    from numbered
    group by all
)

select
    listener,
    sum(days) as active_days,
    max(days) as longest_streak_days,
    {'date': min(peak).date, 'ms': -min(peak).ms, 'streams': -min(peak).streams} as peak_day
from runs
group by all
