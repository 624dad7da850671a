-- Marks some periods of $family as followed by {level}.
-- One row per entry settled.
-- Writes stale.{level} from $from up to $to.
delete from stale.{level}
where family = $family and period >= $from and period < $to
