-- Merges the staged rows into raw.{family}: a new key is added, a known key takes the greater version.
-- One row per key in both.
-- Reads staged, which holds one row per key. The event time in the join lets zone maps skip other days.
merge into raw.{family} as known
using staged
on {same_key}
when matched and ({staged_tie_break}) > ({known_tie_break}) then update set {assignments}
when not matched then insert ({columns}) values ({staged_columns})
