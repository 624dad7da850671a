-- roll: a repeatable 64-bit draw about one numbered event, as in roll(request_no, 'duration').
-- One value per (number, salt); unlike dice, another year of the same world rolls other events.
-- Reads the variables seed and first_day.
create or replace temp macro roll(number, salt) as
    hash(hash(number, hash(getvariable('seed'), getvariable('first_day')), salt))
