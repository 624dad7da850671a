-- personality: which of sixteen labels a listener has, by the axes that are above their medians.
-- One row per listener with a total above 0.
-- Reads axes of the wanted listeners, and medians.
with labels (discovers, varies, returns, joins, label, description) as (
    values
        (false, false, false, false, 'The Curator', 'A few artists off the beaten track, and a track for every moment.'),
        (false, false, false, true, 'The Regular', 'The names that everyone knows, and something else by them each time.'),
        (false, false, true, false, 'The Loyalist', 'Your own favourites, far from the charts, again and again.'),
        (false, false, true, true, 'The Fan', 'You know whom you love, and a great many agree with you.'),
        (false, true, false, false, 'The Collector', 'A wide shelf of artists that few others have, and rarely the same track twice.'),
        (false, true, false, true, 'The Host', 'Many well-known names and always another track: every guest is happy.'),
        (false, true, true, false, 'The Archivist', 'A broad collection of your own, and you come back to all of it.'),
        (false, true, true, true, 'The Jukebox', 'Many hits, and each of them gets its second spin.'),
        (true, false, false, false, 'The Scout', 'New artists before others find them, a few at a time.'),
        (true, false, false, true, 'The Trendspotter', 'The big names were new to you this year, and you listened closely.'),
        (true, false, true, false, 'The Convert', 'You found someone new, far from the charts, and stayed.'),
        (true, false, true, true, 'The Enthusiast', 'New favourites that everybody sings, on repeat.'),
        (true, true, false, false, 'The Explorer', 'New artists everywhere, and hardly ever the same road twice.'),
        (true, true, false, true, 'The Festivalgoer', 'A line-up of new names, the big stages first.'),
        (true, true, true, false, 'The Mapmaker', 'You went where you had never been, and came back to know it well.'),
        (true, true, true, true, 'The Omnivore', 'New and known, many and often: you heard all of it.')
)

select
    listener,
    {
        'label': labels.label,
        'description': labels.description,
        'axes': {
            'discovery': axes.discovery / 1000,
            'variety': axes.variety / 1000,
            'loyalty': axes.loyalty / 1000,
            'mainstream': axes.mainstream / 1000
        }
    } as personality
from axes
semi join wanted using (listener)
cross join medians
join labels
    on labels.discovers = (axes.discovery > medians.discovery)
    and labels.varies = (axes.variety > medians.variety)
    and labels.returns = (axes.loyalty > medians.loyalty)
    and labels.joins = (axes.mainstream > medians.mainstream)
