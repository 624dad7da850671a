-- Puts the rows into {level}.{table} that are different now.
-- One row per row added.
-- Reads difference, writes {level}.{table}.
insert into {level}.{table} by name
select * exclude (sign)
from difference
where sign = 1
order by all
