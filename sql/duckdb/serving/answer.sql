-- What an answer is made of: some {period}s of {organizations}.
-- One row per part of the snapshot, and per fresh one or mark that it is replaced (its id is null).
-- Reads both in one statement, so they are of one moment. Fails when a number of bytes or rows is too great for {integer}.
select
    false as is_fresh, organization, {period}, kind, id, label, amount, errors,
    cast(bytes as {integer}) as bytes, cast(rows as {integer}) as rows, last_at
from history.{level}.parts
where {organizations} and ({within})
union all
select
    true as is_fresh, organization, {period}, kind, id, label, amount, errors,
    cast(bytes as {integer}) as bytes, cast(rows as {integer}) as rows, last_at
from fresh.{level}
where {organizations} and ({within})
