"""`python -m tests.mutants`: plants each fault in a copy of the repository and shows which test notices it.

Ends with 1 when a fault survives, or when one proves nothing any more.
"""

import argparse
import sys
from collections.abc import Sequence
from time import monotonic

from rich.console import Console
from rich.table import Table

from tests.mutants.fault import FAULTS, Fault
from tests.mutants.running import AT_ONCE, Outcome, Verdict, control, original, outcomes

Numbered = dict[int, Fault]


def chosen(only: str | None) -> Numbered:
    """The faults by their number; of one number, or of those whose name holds a text, when that is asked for."""
    every = dict(enumerate(FAULTS, start=1))
    if only is None:
        return every
    if only.isdigit():
        return {number: fault for number, fault in every.items() if number == int(only)}
    return {number: fault for number, fault in every.items() if only.casefold() in fault.name.casefold()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the faults asked for; 0 when every one of them was killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", metavar="N|NAME", help="the fault with this number, or those named so")
    numbered = chosen(parser.parse_args(arguments).only)
    if not numbered:
        parser.error(f"no such fault; there are {len(FAULTS)}, in tests/mutants/faults.txt")
    began = monotonic()
    found = _run(numbered)
    if found is None:
        return 1
    print(f"{_table(numbered, found)}\n")
    killed = sum(each.verdict is Verdict.KILLED for each in found)
    print(f"{killed} of {len(found)} killed in {monotonic() - began:.0f} s.")
    return 0 if killed == len(found) else 1


def _run(numbered: Numbered) -> list[Outcome] | None:
    """What became of each fault; None when the tests fail without any."""
    with original() as root:
        if len(numbered) < len(FAULTS):
            print(*(f"{number}: {fault.name}" for number, fault in numbered.items()), sep="\n")
        print(f"The tests that these {len(numbered)} faults name, without any fault...", flush=True)
        ran = control(root, numbered.values())
        if ran.code or ran.skipped:
            print(
                "They do not pass, or some are skipped or not there:", *ran.errors, *ran.skipped, sep="\n  "
            )
            print("Next: mend them first; a fault proves nothing where a test fails anyway.")
            return None
        print(f"They pass. Now with one fault each, {AT_ONCE} at a time.", flush=True)
        found = []
        for done in outcomes(root, list(numbered.values())):
            found.append(done)
            print(f"{len(found):3}/{len(numbered)} {done.verdict:8} {done.fault.name}", flush=True)
        return found


def _table(numbered: Numbered, found: Sequence[Outcome]) -> str:
    by_name = {each.fault.name: each for each in found}
    table = Table("", "fault", "killed by", "seconds", box=None, pad_edge=False)
    table.columns[0].justify = table.columns[3].justify = "right"
    table.columns[2].overflow = "fold"
    for number, fault in numbered.items():
        done = by_name[fault.name]
        told = done.told.removeprefix("tests/")
        by = told if done.verdict is Verdict.KILLED else f"{done.verdict}: {told}"
        table.add_row(str(number), fault.name, by.replace("[", r"\["), f"{done.seconds:.0f}")
    console = Console(width=max(160, Console().width))
    with console.capture() as captured:
        console.print(table)
    return captured.get().rstrip()


if __name__ == "__main__":
    sys.exit(main())
