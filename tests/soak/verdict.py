"""Whether a soak was passed, from its figures alone."""

import math

KILLS_A_MINUTE = 2.0
"""Fewer prove nothing: most of the time every process would have been left alone."""

MOST_LATE = 0.005
"""Of the answers: a process that has just been started again may still be catching up."""


def failures(
    minutes: float,
    kills: int,
    answers: int,
    late: int,
    wrong_answers: int,
    check_code: int,
    unsettled: str = "",
) -> list[str]:
    """A sentence for each reason why it was not passed; none when it was. `unsettled` says which books do not balance."""
    wanted = math.ceil(KILLS_A_MINUTE * minutes)
    found = []
    if not answers:
        found.append("Nobody answered.")
    if late > MOST_LATE * answers:
        found.append(f"{late:,} of {answers:,} answers did not hold what had landed 30 s before.")
    if wrong_answers:
        found.append(f"{wrong_answers:,} answers were wrong.")
    if check_code:
        found.append(f"`wrapped check --deep` ended with exit code {check_code}.")
    if unsettled:
        found.append(unsettled)
    if kills < wanted:
        found.append(
            f"Only {kills} processes were killed in {minutes:g} minutes, and {wanted} are wanted: this soak proves nothing."
        )
    return found
