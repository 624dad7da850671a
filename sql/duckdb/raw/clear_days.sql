-- Takes some days out of raw.{family}, in the transaction that puts them back.
-- One row per row removed.
-- Writes raw.{family} from $from up to $to.
delete from raw.{family}
where {event_time} >= $from and {event_time} < $to
