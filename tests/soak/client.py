"""A client that asks all the time, and what it thinks of the answers."""

import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.soak.region import ORGANIZATIONS, Region

PROMISED_SECONDS = 30.0
BETWEEN_SECONDS = 0.05


@dataclass
class Client:
    """Asks for random customers and days; every answer is held against the region."""

    url: str
    token: str
    region: Region
    state: Path
    """Where the exporter says how far it came."""

    ids: dict[str, str]
    """From an organization to its public id."""

    dice: random.Random
    published_at: float
    answers: int = 0
    late: int = 0
    """Answers without something that landed over 30 s before they were asked for."""

    unanswered: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    _landed: list[tuple[float, float]] = field(default_factory=list)

    def ask(self, organization: str, start: date, end: date) -> dict[str, Any]:
        """One customer's numbers of some days."""
        parameters = {
            "token": self.token,
            "wrapped_id": self.ids[organization],
            "year": start.year,
            "start_date": start,
            "end_date": end,
        }
        with urlopen(
            f"{self.url}/v0/pipes/wrapped_pipe_stats_summary.json?{urlencode(parameters)}", timeout=30
        ) as answer:
            (row,) = json.load(answer)["data"]
        return dict(row)

    def run(self, stopped: threading.Event) -> None:
        """Until told to stop."""
        first, last = self.region.days[0], self.region.days[-1] + timedelta(days=1)
        while not stopped.wait(BETWEEN_SECONDS):
            start, end = first, last
            if self.dice.random() < 0.6:
                start, end = sorted(
                    first + timedelta(self.dice.randrange((last - first).days + 1)) for _ in range(2)
                )
            self._judge(self.dice.choice(ORGANIZATIONS), start, end)

    def _judge(self, organization: str, start: date, end: date) -> None:
        asked = time.time()
        self._note_landed(asked)
        try:
            said = int(self.ask(organization, start, end)["total_requests"])
        except HTTPError as error:
            self._missing(str(error.code))
            return
        except (OSError, HTTPException) as error:
            self._missing(type(error).__name__)
            return
        self.answers += 1
        least = self.region.requests(organization, start, end, done_by=self.published_at)
        most = self.region.requests(organization, start, end, begun_by=time.time())
        if not least <= said <= most:
            self.wrong.append(f"{organization} from {start} up to {end}: {said}, must be {least} to {most}")
        promised = self.region.requests(
            organization, start, end, done_by=self._landed_by(asked - PROMISED_SECONDS)
        )
        self.late += said < promised

    def _missing(self, why: str) -> None:
        self.unanswered[why] = self.unanswered.get(why, 0) + 1

    def _note_landed(self, now: float) -> None:
        through = float(self.state.read_text()) if self.state.exists() else 0.0
        if not self._landed or self._landed[-1][1] != through:
            self._landed.append((now, through))

    def _landed_by(self, moment: float) -> float:
        """All that was written by then had landed at that moment."""
        return max((through for seen, through in self._landed if seen <= moment), default=0.0)
