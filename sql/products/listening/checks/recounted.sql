-- Listeners of a sample whose document is not what their plays say, counted from raw in one piece and sorted whole.
-- One row per listener and field that differs.
-- Reads heard, which holds all plays of the sample, and documents.
with plays as (
    select *
    from heard
    where heard_at >= $from and heard_at < $to
),

totals_of as (
    select
        listener,
        sum(ms) as total_ms,
        count(*) as plays,
        sum(cast(is_stream as integer)) as streams,
        count(distinct track) filter (is_stream) as unique_tracks,
        count(distinct artist) filter (is_stream) as unique_artists,
        count(distinct cast(heard_at as date)) filter (is_stream) as active_days
    from plays
    group by all
),

artists_in_order as (
    select
        listener,
        artists.id,
        sum(ms) as ms,
        row_number() over (
            partition by listener
            order by sum(ms) desc, sum(cast(is_stream as integer)) desc, artists.id
        ) as place
    from plays
    join artists using (artist)
    group by listener, artists.id
    having sum(cast(is_stream as integer)) > 0
),

tracks_in_order as (
    select
        listener,
        tracks.id,
        sum(ms) as ms,
        row_number() over (
            partition by listener
            order by sum(ms) desc, sum(cast(is_stream as integer)) desc, tracks.id
        ) as place
    from plays
    join tracks using (track)
    group by listener, tracks.id
    having sum(cast(is_stream as integer)) > 0
),

first_heard as (
    select listener, count(*) filter (first_at >= $from) as new_artists
    from (
        select listener, artist, min(heard_at) as first_at
        from heard
        where is_stream and heard_at < $to
        group by all
    ) as firsts
    group by all
),

recounted as (
    unpivot (
        select
            listener,
            cast(total_ms as varchar) as total_ms,
            cast(plays as varchar) as plays,
            cast(streams as varchar) as streams,
            cast(unique_tracks as varchar) as unique_tracks,
            cast(unique_artists as varchar) as unique_artists,
            cast(active_days as varchar) as active_days,
            cast(coalesce(new_artists, 0) as varchar) as new_artists,
            coalesce(top_artists, '') as top_artists,
            coalesce(top_tracks, '') as top_tracks
        from totals_of
        left join first_heard using (listener)
        left join (
            select listener, string_agg(id || ' ' || ms, ', ' order by place) as top_artists
            from artists_in_order
            where place <= 5
            group by all
        ) as best_artists using (listener)
        left join (
            select listener, string_agg(id || ' ' || ms, ', ' order by place) as top_tracks
            from tracks_in_order
            where place <= 5
            group by all
        ) as best_tracks using (listener)
    ) on columns(* exclude listener) into name field value expected
),

documented as (
    unpivot (
        select
            listener,
            document ->> '$.total_ms' as total_ms,
            document ->> '$.plays' as plays,
            document ->> '$.streams' as streams,
            document ->> '$.unique_tracks' as unique_tracks,
            document ->> '$.unique_artists' as unique_artists,
            document ->> '$.active_days' as active_days,
            document ->> '$.discoveries.new_artists' as new_artists,
            list_aggregate(
                list_transform(
                    from_json(document -> '$.top_artists', '[{"id":"VARCHAR","ms":"HUGEINT"}]'), lambda top: top.id || ' ' || top.ms
                ),
                'string_agg',
                ', '
            ) as top_artists,
            list_aggregate(
                list_transform(
                    from_json(document -> '$.top_tracks', '[{"id":"VARCHAR","ms":"HUGEINT"}]'), lambda top: top.id || ' ' || top.ms
                ),
                'string_agg',
                ', '
            ) as top_tracks
        from documents
    ) on columns(* exclude listener) into name field value found
)

select listeners.public_id, field, coalesce(found, '') as in_document, expected
from recounted
join listeners using (listener)
left join documented using (listener, field)
where not listeners.opted_out and coalesce(found, '') <> expected
order by public_id, field
