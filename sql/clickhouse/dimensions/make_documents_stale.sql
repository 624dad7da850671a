-- Makes the summaries of some organizations stale in every edition: a workspace got another name.
-- One row per (year, organization_id).
-- Reads wrapped_editions, for the organizations in {organizations}; writes stale_summaries.
insert into stale_summaries (year, kind, organization_id, sequence)
select year, 'organization', arrayJoin({organizations:Array(String)}), {sequence:UInt64}
from wrapped_editions
