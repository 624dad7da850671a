"""A client that asks all the time, and what it thinks of the answers."""

import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.soak.region import ORGANIZATIONS, Numbers, Region

PROMISED_SECONDS = 30.0
BETWEEN_SECONDS = 0.05


class NoAnswer(Exception):
    """Nobody could answer: all of serving is dead or not ready yet."""


@dataclass
class Client:
    """Asks for random customers and days; requests, errors and bytes of every answer are held against the region."""

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

    def ask(self, organization: str, start: date, end: date) -> Numbers:
        """One customer's numbers of some days. NoAnswer while nobody can answer; any other error is a wrong answer."""
        parameters = {
            "token": self.token,
            "wrapped_id": self.ids[organization],
            "year": start.year,
            "start_date": start,
            "end_date": end,
        }
        address = f"{self.url}/v0/pipes/wrapped_pipe_stats_summary.json?{urlencode(parameters)}"
        try:
            with urlopen(address, timeout=30) as answer:
                (row,) = json.load(answer)["data"]
        except HTTPError as error:
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE:
                raise
            raise NoAnswer("503") from error
        except (OSError, HTTPException) as error:
            raise NoAnswer(type(error).__name__) from error
        return int(row["total_requests"]), int(row["total_errors"]), int(row["total_bytes_read"])

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
        question = f"{organization} from {start} up to {end}"
        try:
            said = self.ask(organization, start, end)
        except NoAnswer as error:
            self.unanswered[str(error)] = self.unanswered.get(str(error), 0) + 1
            return
        except Exception as error:  # noqa: BLE001
            self.wrong.append(f"{question}: {type(error).__name__}: {error}")
            return
        self.answers += 1
        least = self.region.numbers(organization, start, end, done_by=self.published_at)
        requests, errors, read = self.region.numbers(organization, start, end, begun_by=time.time())
        most = requests, errors, read + self.region.bytes_corrected
        if not all(low <= number <= high for low, number, high in zip(least, said, most, strict=True)):
            self.wrong.append(f"{question}: {said}, must be {least} to {most}")
        promised = self.region.numbers(
            organization, start, end, done_by=self._landed_by(asked - PROMISED_SECONDS)
        )
        self.late += said[0] < promised[0]

    def _note_landed(self, now: float) -> None:
        through = float(self.state.read_text()) if self.state.exists() else 0.0
        if not self._landed or self._landed[-1][1] != through:
            self._landed.append((now, through))

    def _landed_by(self, moment: float) -> float:
        """All that was written by then had landed at that moment."""
        return max((through for seen, through in self._landed if seen <= moment), default=0.0)
