"""When `python -m tests.soak` fails, from its figures alone: no soak is run here."""

import pytest

from tests.soak.verdict import failures


@pytest.mark.parametrize(("minutes", "kills"), [(10, 20), (10, 31), (1, 2), (0.5, 1)])
def test_a_soak_that_killed_enough_and_was_never_wrong_is_passed(minutes: float, kills: int) -> None:
    """Two kills for each minute that was asked for are enough."""
    assert failures(minutes, kills, 1000, 5, wrong_answers=0, check_code=0) == []


@pytest.mark.parametrize(("minutes", "kills", "wanted"), [(10, 19, 20), (10, 0, 20), (1, 1, 2), (0.7, 1, 2)])
def test_a_soak_that_killed_too_little_fails(minutes: float, kills: int, wanted: int) -> None:
    """However right its answers were: nothing was tried."""
    assert failures(minutes, kills, 1000, 5, wrong_answers=0, check_code=0) == [
        f"Only {kills} processes were killed in {minutes:g} minutes, and {wanted} are wanted: this soak proves nothing."
    ]


def test_every_reason_is_told() -> None:
    """A wrong answer and books that do not balance fail by themselves, and beside each other."""
    assert failures(10, 20, 1000, 0, wrong_answers=3, check_code=0) == ["3 answers were wrong."]
    assert failures(10, 20, 1000, 0, wrong_answers=0, check_code=1) == [
        "`wrapped check --deep` ended with exit code 1."
    ]
    assert failures(10, 20, 1000, 0, 0, 0, unsettled="A row is missing.") == ["A row is missing."]
    assert len(failures(10, 19, 0, 1, wrong_answers=1, check_code=2, unsettled="It did not come.")) == 6
