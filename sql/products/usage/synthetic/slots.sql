-- pipe_slots, data_source_slots: a drawn number to the thing it falls on, as often as its share of a month's traffic.
-- One row per slot from 0; a thing too small for a slot gets no events that month.
-- Reads pipes, data_sources. A hash lookup of a slot costs far less than a range join per event.
create or replace temp macro slots_of(things) as table
with bands as (
    select
        thing_no,
        sum(weight * (1 + growth * (month(getvariable('month')) / 12.0 - 0.5))) over (order by thing_no)
            as weight_so_far
    from query_table(things)
    where joined_on is null or joined_on <= getvariable('month')
),

ends as (
    select thing_no, floor(getvariable('slots') * weight_so_far / max(weight_so_far) over () + 0.5)::bigint as end_slot
    from bands
),

points as (
    select
        thing_no,
        unnest(range(coalesce(lag(end_slot) over (order by thing_no), 0), end_slot)) as slot
    from ends
)

from points
inner join query_table(things) using (thing_no);

create or replace temp table pipe_slots as from slots_of('pipes');

create or replace temp table data_source_slots as from slots_of('data_sources');
