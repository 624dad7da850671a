-- documents: what is published of each listener, in the order of its fields.
-- One row per listener with a play in the window who did not opt out.
-- Reads the stories of the wanted listeners, and reach.
with exported as (
    select listener, max(exported_at) as generated_at
    from day_pieces
    semi join wanted using (listener)
    group by all
)

select
    listener,
    listeners.public_id,
    cast(to_json({
        'schema_version': 1,
        'year': $year,
        'window': {'from': cast($from as date), 'to': cast($to as date)},
        'through': strftime(reach.through, '%Y-%m-%dT%H:%M:%S.%gZ'),
        'generated_at': strftime(exported.generated_at, '%Y-%m-%dT%H:%M:%S.%gZ'),
        'time_zone': listeners.time_zone,
        'total_ms': totals.total_ms,
        'total_minutes': totals.total_minutes,
        'plays': totals.plays,
        'streams': totals.streams,
        'unique_tracks': totals.unique_tracks,
        'unique_artists': totals.unique_artists,
        'active_days': coalesce(days.active_days, 0),
        'longest_streak_days': coalesce(days.longest_streak_days, 0),
        'peak_day': days.peak_day,
        'top_tracks': coalesce(top_tracks.top_tracks, []),
        'top_artists': coalesce(top_artists.top_artists, []),
        'top_genres': top_genres.top_genres,
        'genre_unknown_ms': top_genres.genre_unknown_ms,
        'months': months.months,
        'hours': hours.hours,
        'discoveries': discoveries.discoveries,
        'devotion': devotion.devotion,
        'personality': personality.personality,
        'global_rank_blurbs': coalesce(ranks.global_rank_blurbs, []),
        'against_last_year': case when reach.is_over then last_year.against_last_year end,
        'shareable_card_urls': ['story.png', 'story.json']
    }) as varchar) as document
from totals
semi join wanted using (listener)
join listeners using (listener)
join exported using (listener)
cross join reach
left join days using (listener)
left join top_tracks using (listener)
left join top_artists using (listener)
left join top_genres using (listener)
left join months using (listener)
left join hours using (listener)
left join discoveries using (listener)
left join devotion using (listener)
left join personality using (listener)
left join ranks using (listener)
left join last_year using (listener)
where not listeners.opted_out
