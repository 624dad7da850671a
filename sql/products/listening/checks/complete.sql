-- Listeners with a play in the window who have no document, or have one that they must not have.
-- One row per such listener.
-- Reads track_pieces, listeners and documents.
select listeners.public_id, listeners.opted_out, documents.listener is not null as has_document
from listeners
left join documents using (listener)
left join (select distinct listener from track_pieces) as heard using (listener)
where (heard.listener is not null and not listeners.opted_out) <> (documents.listener is not null)
order by public_id
