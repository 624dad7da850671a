-- Texts of documents that are the internal id of some listener.
-- One row per such text. Ids of the catalog are the catalog's own.
-- Reads documents, listeners, artists and tracks.
with texts as (
    select listener, unnest(regexp_extract_all(document, '"((?:[^"\\]|\\.)*)"', 1)) as text
    from documents
)

select listeners.public_id, text
from texts
join listeners using (listener)
semi join (select user_id as text from listeners) as known using (text)
anti join (select id as text from artists union all select id from tracks) as catalog using (text)
order by public_id, text
