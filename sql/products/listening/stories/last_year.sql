-- last_year: the same days of the year before, of listeners whose first play lies before the end of that window's first month.
-- One row per such listener.
-- Reads before_pieces and year_artists of the wanted listeners. The top artist is the one of most ms, of those with a stream.
with before as (
    select
        listener,
        artist,
        coalesce(sum(ms) filter (is_last_year), 0) as ms,
        coalesce(sum(streams) filter (is_last_year), 0) as streams,
        min(first_play) as first_play
    from before_pieces
    semi join wanted using (listener)
    group by all
),

years as (
    select
        listener,
        sum(ms) as total_ms,
        sum(streams) as streams,
        min({'ms': -ms, 'streams': -streams, 'id': artists.id}) filter (streams > 0) as top
    from before
    join artists using (artist)
    group by all
    having min(first_play) < $last_from + interval 1 month
),

now as (
    select listener, min({'ms': -ms, 'streams': -streams, 'id': artists.id}) as top
    from year_artists
    semi join wanted using (listener)
    join artists using (artist)
    where streams > 0
    group by all
)

select
    listener,
    {
        'total_ms': total_ms,
        'streams': streams,
        'same_top_artist': coalesce(years.top.id = now.top.id, false)
    } as against_last_year
from years
left join now using (listener)
