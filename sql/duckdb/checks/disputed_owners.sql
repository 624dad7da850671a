-- Organizations that two regions give to different owners. None is a pass.
-- One row per organization_id.
-- Reads dimensions.disputes.
select dispute from dimensions.disputes order by organization_id
