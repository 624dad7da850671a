-- Organizations that two regions give to different owners, and customers that two regions call differently. None is a pass.
-- One row per dispute.
-- Reads dimensions.disputes.
select distinct dispute from dimensions.disputes order by dispute
