-- Whether some key may have two landing rows of one version: the price of a cheap answer is a rare false yes.
-- One row, repeated = true or false.
-- Reads the landing rows.
select count(*) > count(distinct version_hash) as repeated
from (select hash({key}, exported_at) as version_hash from ({landed}))
