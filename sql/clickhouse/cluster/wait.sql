-- Waits until every replica has what was inserted into {staging}.
system sync replica{on_cluster} {staging}
