-- {level}_{kind}: the parts of this kind as they are now, under the names of the rollup that they are made of.
-- One row per part.
-- Reads present_{level}.
create view {level}_{kind} as
select organization, {period}, {columns}
from present_{level}
where kind = '{kind}'
