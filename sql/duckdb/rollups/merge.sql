-- {level}.{table}: the states of {source}.{table} merged into one row per {period}.
-- One row per ({period}, {dimensions}).
-- Reads {source}.{table} from $from up to $to; a refresh puts a semi join in place of the comment.
select
    cast(date_trunc('{period}', state.{source_period}) as date) as {period},
    {dimensions},
    {merges}
from {source}.{table} as state /* touched */
where state.{source_period} >= $from and state.{source_period} < $to
group by all
