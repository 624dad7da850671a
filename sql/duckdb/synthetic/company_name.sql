-- company_name: an invented company, such as Harbor Analytics; numbered once all pairs of words are used up.
-- One name per number. Pairs do not repeat while len(stems) + 1 and len(endings) share no divisor.
-- Reads two lists of words.
create or replace temp macro company_name(number, stems, endings) as
    stems[1 + number % len(stems)]
    || ' '
    || endings[1 + (number + number // len(stems)) % len(endings)]
    || case
        when number < len(stems) * len(endings) then ''
        else ' ' || (1 + number // (len(stems) * len(endings)))
    end
