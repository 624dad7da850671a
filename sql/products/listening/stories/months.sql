-- months: the twelve months of the year, each with its artist of the most ms, of those with a stream; then more streams, then the lower id.
-- One row per listener.
-- Reads artist_pieces of the wanted listeners.
with artists_heard as (
    select listener, month(month) as month, artist, sum(ms) as ms, sum(streams) as streams
    from artist_pieces
    semi join wanted using (listener)
    group by all
),

months_heard as (
    select
        listener,
        month,
        sum(ms) as ms,
        sum(streams) as streams,
        min({'ms': -ms, 'streams': -streams}) filter (streams > 0) as most
    from artists_heard
    group by all
),

-- Equal ones too: only these need their ids.
tops as (
    select
        artists_heard.listener,
        artists_heard.month,
        min({'id': artists.id, 'name': artists.name}) as top_artist
    from artists_heard
    join months_heard
        on months_heard.listener = artists_heard.listener
        and months_heard.month = artists_heard.month
        and months_heard.most = {'ms': -artists_heard.ms, 'streams': -artists_heard.streams}
    join artists using (artist)
    group by all
),

by_month as (
    select
        listener,
        map_from_entries(list((month, {'ms': ms, 'streams': streams, 'top_artist': top_artist}))) as heard
    from months_heard
    left join tops using (listener, month)
    group by all
)

select
    listener,
    list_transform(
        range(1, 13),
        lambda number: {
            'month': number,
            'streams': coalesce(heard[number].streams, 0),
            'ms': coalesce(heard[number].ms, 0),
            'top_artist': heard[number].top_artist
        }
    ) as months
from by_month
