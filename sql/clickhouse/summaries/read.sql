-- The facts of an edition, most requests first. Ranks are counted in DuckDB, by sql/products/<product>/rank.sql.
-- One row per wrapped_id: all of them when {everyone}, else those in {wrapped_ids}.
-- Reads wrapped_summaries.
select year, wrapped_id, days, facts
from wrapped_summaries
where year = {year:Int32} and ({everyone:Bool} or wrapped_id in {wrapped_ids:Array(String)})
order by requests desc, wrapped_id
limit {most:UInt64}
