-- Takes {staging} away; what was swapped in stays.
drop table if exists {staging} sync
