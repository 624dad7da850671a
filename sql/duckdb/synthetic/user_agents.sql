-- user_agents: what the clients of the API call themselves; null where a client says nothing.
-- One row per agent_no from 0 to 63, the first agents being the commonest.
-- Reads a list.
create or replace temp table user_agents as
select
    agent_no,
    $user_agents[1 + agent_no * agent_no // 400] as user_agent
from (select unnest(range(64)) as agent_no)
