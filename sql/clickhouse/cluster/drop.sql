-- Takes {staging} away on every node; what was swapped in stays.
drop table if exists {staging}{on_cluster} sync
