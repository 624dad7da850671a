"""What goes wrong, and when: at a statement of the warehouse or at a request to the store, counted within one step."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

StoreFault = Literal[
    "timeout",  # no answer came, nothing was done
    "500",
    "503",
    "throttled",
    "cut",  # the connection breaks in the middle of a read
    "lost answer",  # it was done, and the answer says it was not
    "stale",  # a listing as it was some changes ago
    "partial",  # a listing without some of its objects
    "disordered",  # a listing out of order, some objects twice
    "killed before",
    "killed after",
]
Request = Literal["list", "get", "head", "put"]
# Those that not every request can suffer; the others meet any.
SUFFERED_BY: dict[StoreFault, tuple[Request, ...]] = {
    "cut": ("list", "get", "put"),
    "stale": ("list",),
    "partial": ("list",),
    "disordered": ("list",),
}
STORE_FAULTS = tuple(fault for fault in get_args(StoreFault) if not fault.startswith("killed"))
StatementFault = Literal["before", "inside", "after"]


class Killed(BaseException):
    """The process is gone. Nobody catches this but the simulation, which then starts a new one."""


@dataclass
class Faults:
    """The faults of one step, and what has been counted so far.

    `at_statement` is the statement at which the process dies, counted from 1; 0 for never. With `counts_decisive` only those are
    counted that make something visible: few are, and around them most can go wrong. `of_store` are the requests at which the
    store misbehaves. Once dead a process can do nothing more: whatever it tries raises `Killed` again.
    """

    at_statement: int = 0
    counts_decisive: bool = False
    how: StatementFault = "before"
    of_store: dict[int, StoreFault] = field(default_factory=dict)
    statements: int = 0
    requests: int = 0
    is_dead: bool = False
    has_met_the_store: bool = False
    """A request has misbehaved."""

    at_death: Callable[[], None] = lambda: None

    @classmethod
    def drawn(cls, dice: random.Random) -> "Faults":
        """What goes wrong in one step: mostly nothing, or a death, or some answers of the store."""
        chosen = cls()
        if dice.random() < 0.35:
            chosen.counts_decisive = dice.random() < 0.6
            chosen.at_statement = int(2 ** (dice.random() * (4.5 if chosen.counts_decisive else 8.5)))
            chosen.how = dice.choice(("before", "inside", "after"))
        if dice.random() < 0.3:
            for _ in range(dice.randint(1, 4)):
                chosen.of_store[dice.randint(1, 24)] = dice.choice(STORE_FAULTS)
        if dice.random() < 0.08:
            chosen.of_store[dice.randint(1, 12)] = dice.choice(("killed before", "killed after"))
        return chosen

    def die(self) -> None:
        """The process ends here."""
        self.at_death()
        self.is_dead = True
        raise Killed

    def refuse_the_dead(self) -> None:
        """What a dead process still tries on its way out does not happen."""
        if self.is_dead:
            raise Killed

    def next_statement(self, is_decisive: bool) -> StatementFault | None:
        """Count a statement; what happens to it."""
        self.refuse_the_dead()
        if self.counts_decisive and not is_decisive:
            return None
        self.statements += 1
        return self.how if self.statements == self.at_statement else None

    def next_request(self, kind: Request) -> StoreFault | None:
        """Count a request to the store; what happens to it. A fault that this one cannot suffer waits for one that can."""
        self.refuse_the_dead()
        self.requests += 1
        fault = self.of_store.get(self.requests)
        if fault and kind not in SUFFERED_BY.get(fault, (kind,)):
            self.of_store.setdefault(self.requests + 1, fault)
            return None
        self.has_met_the_store = self.has_met_the_store or fault is not None
        return fault
