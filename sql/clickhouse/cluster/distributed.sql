-- {table}: all shards of {table}_local as one table, rows by {subject}.
-- No rows of its own.
-- Reads {table}_local on every shard.
create table if not exists {table}{on_cluster} as {like}
engine = Distributed('{cluster}', '{database}', '{table}_local', cityHash64({subject}))
