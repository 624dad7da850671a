-- What the synthetic world is drawn with. Every draw is 64 bits and repeatable.
-- Macros, no rows. Draws are two hashes deep, since hash(n, 'a') and hash(n, 'b') differ by a constant XOR alone.
-- Read the variables seed, first_day, last_day, stems, endings.

-- A draw about one numbered thing, as in dice(pipe_no, 'latency'): the same in every year of a seed.
create or replace temp macro dice(number, salt) as
    hash(hash(number, getvariable('seed'), salt));

-- A draw about one numbered event, as in roll(request_no, 'duration'): another one in another year.
create or replace temp macro roll(number, salt) as
    hash(hash(number, hash(getvariable('seed'), getvariable('first_day')), salt));

-- From 0 to just under 1; the upper 53 bits are used, as many as a double holds.
create or replace temp macro fraction(draw) as
    (draw >> 11) / 9007199254740992.0;

-- Roughly normal, of mean 0 and deviation 1, never past 3.5: the sum of four 16-bit parts costs no logarithm.
create or replace temp macro bell(draw) as
    (((draw & 65535) + ((draw >> 16) & 65535) + ((draw >> 32) & 65535) + (draw >> 48)) / 65536.0 - 2) * 1.732;

-- The entry of a list that a draw falls on, or the one so many steps after it, going round.
create or replace temp macro nth(entries, draw, steps := 0) as
    entries[1 + ((draw % len(entries))::bigint + steps) % len(entries)];

create or replace temp macro uuid_text(high, low) as
    ((high::uhugeint << 64) + low)::uuid::varchar;

-- The id of a pipe or data source, such as t_3b0c6d2f9a1e4d5c8b7a6f5e4d3c2b1a.
create or replace temp macro t_text(high, low) as
    't_' || replace(uuid_text(high, low), '-', '');

-- A company, such as Harbor Analytics. Pairs do not repeat while len(stems) + 1 and len(endings) share no divisor.
create or replace temp macro company_name(number) as
    getvariable('stems')[1 + number % len(getvariable('stems'))]
    || ' '
    || getvariable('endings')[1 + (number + number // len(getvariable('stems'))) % len(getvariable('endings'))]
    || case
        when number < len(getvariable('stems')) * len(getvariable('endings')) then ''
        else ' ' || (1 + number // (len(getvariable('stems')) * len(getvariable('endings'))))
    end;

-- A day between three and seven tenths of the world's time, on which something gets another name.
create or replace temp macro rename_day(draw) as
    getvariable('first_day')
    + ((getvariable('last_day') - getvariable('first_day')) * (0.3 + 0.4 * fraction(draw)))::integer;

-- The UTC hour of an event, by the customers' clock: busy from nine to six, quiet at night.
create or replace temp macro busy_hour(draw, utc_offset) as
    (
        [
            0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10, 10, 11, 11, 11, 11, 11,
            12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 14, 15, 15, 15, 15, 15, 16, 16, 16, 16,
            17, 17, 17, 17, 18, 18, 18, 19, 19, 19, 20, 20, 21, 21, 22, 23
        ][1 + (draw % 64)::bigint]
        - utc_offset
        + 24
    ) % 24;

-- What the first export of a corrected event says of a measure, some times more and some times less.
create or replace temp macro uncorrected(measure, event_no, factor) as
    case when event_no % 2 = 0 then measure * factor else measure // factor end::ubigint;
