-- uuid_text: 128 bits in the usual spelling, from two draws.
-- One value per pair of draws.
-- Reads nothing.
create or replace temp macro uuid_text(high, low) as
    ((high::uhugeint << 64) + low)::uuid::varchar
