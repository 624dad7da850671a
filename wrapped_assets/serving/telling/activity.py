"""The moments of what a customer asked for: the opening, requests, day by day, the peak day, data read."""

from wrapped_assets.serving.telling.moments import MONTHS, Moment, day_and_month, day_then_month, through
from wrapped_assets.serving.telling.numbers import count, scaled
from wrapped_assets.serving.telling.teller import Teller
from wrapped_assets.serving.telling.wording import (
    beside_the_median,
    busiest,
    counted,
    one_weekday_leads,
    plural,
    roughly,
)


def opening(teller: Teller) -> Moment:
    document = teller.document
    return Moment(
        "opening", f"{teller.company}, wrapped", str(document.year), "wrapped",
        ("Everything counted once.", f"From 1 January through {through(document.through)}."),
    )  # fmt: skip


def requests(teller: Teller) -> Moment | None:
    total = teller.document.requests.total
    if not total:
        return None
    return Moment(
        "requests", "Requests", teller.locale.integer(total), plural(total, "API request"),
        (f"{_covered(teller)}, errors included.{_busiest_month(teller)}",),
        comparison=teller.compared(total, "requests"), exact=total,
    )  # fmt: skip


def _covered(teller: Teller) -> str:
    return f"All of {teller.document.year}" if teller.is_over else f"{teller.document.year} so far"


def _busiest_month(teller: Teller) -> str:
    """Nothing where only one month had requests: that it was the busiest says nothing."""
    busy = [month for month in teller.document.months if month.requests]
    if len(busy) < 2:
        return ""
    best = max(busy, key=lambda month: (month.requests, -month.month))
    name, told = MONTHS[best.month - 1], teller.locale.integer(best.requests)
    if sum(month.requests == best.requests for month in busy) > 1:
        return f" No month was busier than {name}, with {told}."
    return f" {name} was the busiest month, with {told}."


def calendar(teller: Teller) -> Moment | None:
    active, longest = teller.document.active_days, teller.document.longest_streak_days
    if not active:
        return None
    covered = teller.document.through.timetuple().tm_yday
    return Moment(
        "calendar", "Day by day", teller.locale.integer(active),
        f"active {plural(active, 'day')} of {covered}",
        (f"Longest streak: {counted(longest, 'day', teller.locale)} in a row.",), exact=active,
    )  # fmt: skip


def peak(teller: Teller) -> Moment | None:
    document, peak = teller.document, teller.document.peak_day
    if peak is None or document.peak_hour is None:
        return None
    weekday = document.busiest_weekday if one_weekday_leads(document.days) else None
    return Moment(
        "peak", "Peak day", day_and_month(peak.date),
        counted(peak.requests, "request", teller.locale),
        (
            beside_the_median(document.days, teller.locale),
            busiest(weekday, document.peak_hour.hour_of_day),
        ),
        pieces=day_then_month(peak.date),
    )  # fmt: skip


def read(teller: Teller) -> Moment | None:
    told = teller.document.requests
    if not told.bytes_read:
        return None
    figure, unit = scaled(told.bytes_read, teller.locale)
    sentences = [f"Exactly {teller.locale.integer(told.bytes_read)} bytes."]
    if told.rows_read:
        answered = (
            "" if told.result_rows is None else f" to answer with {count(told.result_rows, teller.locale)}"
        )
        sentences.append(f"{roughly(told.rows_read, 'row', teller.locale)} processed{answered}.")
    return Moment(
        "read", "Data read", figure, f"{unit} read", tuple(sentences),
        comparison=teller.compared(told.bytes_read, "bytes"),
    )  # fmt: skip
