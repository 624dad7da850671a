"""What a year's story says, each promise on a document that could break it."""

import datetime as dt
import re

import pytest

from tests import year_documents
from tests.year_documents import made, rich
from wrapped_assets.products.usage import USAGE
from wrapped_assets.products.usage.stories import read
from wrapped_assets.slides.moments import Moment, Slideshow
from wrapped_assets.slides.numbers import LOCALES


def moment(story: Slideshow, name: str) -> Moment:
    found = story.moment(name)
    assert found is not None
    return found


def on(requests: dict[str, int], failed: dict[str, int] | None = None) -> list[dict[str, object]]:
    return [
        {"day": dt.date.fromisoformat(f"2025-{day}"), "requests": n, "errors": (failed or {}).get(day, 0)}
        for day, n in requests.items()
    ]


def year(requests: dict[str, int], **others: object) -> Slideshow:
    """The story of a customer with these requests, all in one hour."""
    hours = [{"hour_of_day": 23, "requests": sum(requests.values())}]
    measured = {"p50_us": 900_000, "p95_us": 1_200_000, "p99_us": 1_200_000}
    return USAGE.tell(made({"days": on(requests), "hours": hours, **measured, **others}), "Acme")


def test_the_moments_come_in_the_order_of_the_story() -> None:
    """From the name to the card."""
    assert [one.name for one in USAGE.tell(rich(), "Acme").moments] == [
        "opening", "requests", "calendar", "peak", "read", "service", "storage", "ingestion", "workspaces", "pipes", "rank", "growth", "share",
    ]  # fmt: skip


def test_what_is_missing_has_no_moment() -> None:
    """A single request without a byte: no data read, nothing stored, nobody to rank among, no year before."""
    assert [one.name for one in USAGE.tell(year_documents.bare(), None).moments] == [
        "opening",
        "requests",
        "calendar",
        "peak",
        "service",
        "workspaces",
        "share",
    ]


@pytest.mark.parametrize("name", [None, "", "  \n "])
def test_a_company_without_a_name_is_addressed_all_the_same(name: str | None) -> None:
    """Nothing internal stands in for a name."""
    assert USAGE.tell(year_documents.bare(), name).company == "Your team"


def test_a_name_is_a_part_of_its_sentence() -> None:
    """Line breaks, control characters and what turns the following words around are left out; marks of direction stay."""
    assert USAGE.tell(rich(), "A\x00c\nme\u202e \u2066B\u200f").company == "A c me B\u200f"


def test_the_peak_day_is_compared_with_the_median_active_day() -> None:
    """30 against days of 10, 12 and 30: 2.5 times the median of 12."""
    peak = moment(year({"03-01": 10, "03-02": 12, "03-04": 30}), "peak")

    assert (peak.figure, peak.unit) == ("4 March", "30 requests")
    assert peak.pieces == ("4", "March")
    assert peak.sentences == (
        "2.5 times the median active day.",
        "Over the year, Tuesday was the busiest weekday, and 23:00 to 00:00 UTC the busiest hour.",
    )


@pytest.mark.parametrize(
    ("days", "beside"),
    [
        ({"03-01": 1}, "The only active day."),
        ({"03-01": 5, "03-02": 5}, "As many as on the median active day."),
        ({"03-01": 100, "03-02": 99}, "Just above the median active day."),
        ({"03-01": 2**62 + 11, "03-02": 3}, "2 times the median active day."),
    ],
)
def test_a_peak_among_equals_is_no_multiple_of_itself(days: dict[str, int], beside: str) -> None:
    """Nothing is told to be one times something."""
    assert moment(year(days), "peak").sentences[0] == beside


@pytest.mark.parametrize("days", [{"03-01": 5}, {"03-03": 5, "03-04": 5}])
def test_no_weekday_is_the_busiest_where_none_leads(days: dict[str, int]) -> None:
    """Of a single day it would say nothing, of two alike something untrue."""
    assert moment(year(days), "peak").sentences[1] == "23:00 to 00:00 UTC was the busiest hour."


def test_one_row_is_singular() -> None:
    """Read, kept and written."""
    story = year({"03-01": 1}, bytes_read=1, rows_read=1, result_rows=1, storage_bytes=1, storage_rows=1,
                 ingestion_bytes=1, ingestion_rows=1, ingestion_operations=1)  # fmt: skip

    assert moment(story, "read").sentences[1] == "1 row processed to answer with 1."
    assert moment(story, "storage").sentences == ("1 row at the last reading.",)
    assert moment(story, "ingestion").sentences == ("1 row in 1 operation.",)
    assert (moment(story, "read").unit, moment(story, "storage").unit) == ("byte read", "byte kept")


def test_one_failure_in_ten_million_is_not_no_failure() -> None:
    """The share is rounded down and the failures are told exactly."""
    story = USAGE.tell(made({"days": on({"03-01": 10_000_000}, {"03-01": 1}), "hours": [{"hour_of_day": 1, "requests": 10_000_000}],
                       "p50_us": 1, "p95_us": 1, "p99_us": 1}), "Acme")  # fmt: skip

    assert moment(story, "service").figure == "99.99\u00a0%"
    assert moment(story, "service").sentences == ("1 of 10,000,000 failed.",)


@pytest.mark.parametrize(
    ("before", "figure", "unit"),
    [
        (50, "100\u00a0%", "more requests than in 2024"),
        (200, "50\u00a0%", "fewer requests than in 2024"),
        (100, "0\u00a0%", "change in requests from 2024"),
        (11, "809.1\u00a0%", "more requests than in 2024"),
        (10, "10\u00d7", "as many requests as in 2024"),
        (1, "100\u00d7", "as many requests as in 2024"),
        (10**6, "99.9\u00a0%", "fewer requests than in 2024"),
        (100_049, "99.9\u00a0%", "fewer requests than in 2024"),
    ],
)
def test_growth_says_in_which_direction(before: int, figure: str, unit: str) -> None:
    """More, fewer, or as many; from ten times on as a factor; never that all is lost while something is left. The bars are to one scale."""
    growth = moment(year({"01-07": 99, "12-25": 1}, previous_requests=before), "growth")

    assert (growth.figure, growth.unit) == (figure, unit)
    assert [row.parts[0] for row in growth.rows] == [before / max(before, 100), 100 / max(before, 100)]


def test_a_customer_who_sends_no_request_any_more_is_told_no_loss() -> None:
    """Whether they stopped or their exports did, nothing here can tell."""
    idle = {"storage_bytes": 10, "storage_rows": 1, "previous_requests": 7}

    assert USAGE.tell(made(idle), "Acme").moment("growth") is None


def test_growth_past_what_a_float_holds_is_a_factor() -> None:
    """No digit of a quintillion percent is made up."""
    assert (
        moment(USAGE.tell(year_documents.longest("x"), "Acme"), "growth").figure
        == "4,612\u00a0quadrillion\u00d7"
    )


def running(months: dict[str, int]) -> Slideshow:
    """The story, on 2 March, of a customer with 80 requests in January, 20 in February, 7 in March, and these in 2024."""
    days = on({"01-05": 80, "02-05": 20, "03-01": 7})
    earlier = [{"first_day": f"2024-{day}", "requests": n} for day, n in months.items()]
    told = {
        "days": days,
        "hours": [{"hour_of_day": 1, "requests": 107}],
        "previous_requests": sum(months.values()),
        "previous_months": earlier,
    }
    return USAGE.tell(made(told, through=dt.datetime(2025, 3, 2, 0, 4, 9, tzinfo=dt.UTC)), "Acme")


@pytest.mark.parametrize(
    ("months", "said", "rows"),
    [
        (
            {"01-01": 100, "02-01": 100, "08-01": 10**6},
            "50\u00a0% fewer requests than in January to February 2024",
            [("Jan\u2013Feb 2024", "200"), ("Jan\u2013Feb 2025", "100")],
        ),
        ({"01-20": 100, "02-01": 10}, "100\u00a0% more requests than in February 2024", [("Feb 2024", "10"), ("Feb 2025", "20")]),
    ],
)  # fmt: skip
def test_a_year_that_runs_is_compared_with_the_same_months(
    months: dict[str, int], said: str, rows: list[tuple[str, str]]
) -> None:
    """In March with January and February, or with what of them the year before has whole."""
    story = running(months)

    assert moment(story, "growth").line == said
    assert [(row.name, row.told) for row in moment(story, "growth").rows] == rows
    assert moment(story, "requests").sentences[0].startswith("2025 so far, errors included.")


def test_a_year_that_runs_is_compared_with_nothing_where_the_year_before_has_no_such_month() -> None:
    """A customer who came in August: in March there is nothing alike."""
    assert running({"08-01": 10**6}).moment("growth") is None


def test_what_no_request_says_is_not_told() -> None:
    """Unknown is not nothing: no slide says that not one request failed, or that half took 0 ms."""
    unknown = USAGE.tell(year_documents.unknown(), "Acme")

    assert unknown.moment("service") is None
    assert moment(unknown, "read").sentences == ("Exactly 9 bytes.", "9 rows processed.")
    picture = read.STORY.picture
    assert picture and not picture.exists(unknown, moment(unknown, "read"))


def test_of_reliability_and_speed_the_known_one_is_told() -> None:
    """Either has a slide of its own where the other is unknown."""
    day = {"day": dt.date(2025, 3, 9), "requests": 4}
    hours = [{"hour_of_day": 23, "requests": 4}]
    speed = {"p50_us": 1_000, "p95_us": 2_000, "p99_us": 4_000}
    fast = moment(
        USAGE.tell(made({"days": [day | {"errors": None}], "hours": hours} | speed), "Acme"), "service"
    )
    reliable = moment(USAGE.tell(made({"days": [day | {"errors": 1}], "hours": hours}), "Acme"), "service")

    assert (fast.label, fast.line, fast.sentences) == (
        "Speed",
        "1\u00a0ms or less for half of the requests",
        (),
    )
    assert [row.told for row in fast.rows] == ["1\u00a0ms", "2\u00a0ms", "4\u00a0ms"]
    assert (reliable.label, reliable.line) == ("Reliability", "75\u00a0% answered without error")
    assert (reliable.sentences, reliable.rows) == (("1 of 4 failed.",), ())


def test_the_busiest_month_is_named_where_there_are_several() -> None:
    """One that has an equal is told to have none above it; of a single one it would say nothing."""
    assert moment(year({"03-01": 10, "05-02": 12_000, "09-04": 11_999}), "requests").sentences == (
        "All of 2025, errors included. May was the busiest month, with 12,000.",
    )
    assert moment(year({"03-01": 10, "05-02": 12_000, "09-04": 12_000}), "requests").sentences == (
        "All of 2025, errors included. No month was busier than May, with 12,000.",
    )
    assert moment(year({"03-01": 10}), "requests").sentences == ("All of 2025, errors included.",)


def test_a_rank_is_told_as_the_document_has_it() -> None:
    """87 percent, rounded down, among so many."""
    rank = moment(USAGE.tell(rich(), "Acme"), "rank")

    assert (rank.figure, rank.unit) == ("87\u00a0%", "of customers sent fewer requests")
    assert rank.sentences == ("Among 1,240 customers with a request in 2025.",)


@pytest.mark.parametrize(("fewer", "is_told"), [(0, False), (49, False), (50, True), (99, True)])
def test_a_rank_is_told_only_where_it_flatters(fewer: int, is_told: bool) -> None:
    """Nobody is told in letters as large as the screen that they are behind most others."""
    ranked = rich(fewer=fewer, cohort_size=100)

    assert ranked.rank
    assert (USAGE.tell(ranked, "Acme").moment("rank") is not None) is is_told


def test_days_that_are_not_over_do_not_count_as_idle() -> None:
    """An edition that reaches the 2nd of March counts 61 days."""
    document = rich().model_copy(
        update={"through": dt.datetime(2025, 3, 2, 0, 4, 9, tzinfo=dt.UTC), "active_days": 30}
    )

    assert moment(USAGE.tell(document, "Acme"), "calendar").unit == "active days of 61"


def in_workspaces(*named: tuple[str, int], left: int = 0) -> Moment:
    """The moment of a customer with these workspaces' requests, and some more in others."""
    known = [{"name": name, "requests": n, "bytes_read": n, "bytes_written": 0} for name, n in named]
    total = sum(n for _, n in named) + left
    return moment(year({"03-01": total}, workspaces=known, bytes_read=total), "workspaces")


def test_a_single_workspace_is_not_compared_with_itself() -> None:
    """That all of it is 100 % of it says nothing; with another one beside it, both are told."""
    alone = in_workspaces(("core", 5))
    led = in_workspaces(("core", 5), ("web", 2))

    assert (alone.figure, alone.unit, alone.rows) == ("core", "with 5 requests", ())
    assert alone.sentences == ("The only active workspace.",)
    assert [row.name for row in led.rows] == ["core", "web"]


@pytest.mark.parametrize("others", [[("core", 2)], [("core", 2)] * 4])
def test_a_workspace_called_other_leads_when_it_has_most_requests(others: list[tuple[str, int]]) -> None:
    """Its name is its own: before one, and in a full list."""
    told = in_workspaces(("other", 5), *others)

    assert (told.figure, told.unit) == ("other", "leads with 5 requests")
    assert [row.name for row in told.rows] == ["other", *(name for name, _ in others)]


def test_no_workspace_leads_beside_its_equal() -> None:
    """The first of two alike is told with what it has."""
    assert in_workspaces(("a", 5), ("b", 5)).unit == "with 5 requests"


def test_workspaces_without_a_byte_are_told_by_their_requests() -> None:
    """Nobody has a share of nothing."""
    known = [
        {"name": name, "requests": n, "bytes_read": 0, "bytes_written": 0} for name, n in (("a", 3), ("b", 1))
    ]
    told = moment(year({"03-01": 4}, workspaces=known), "workspaces")

    assert told.sentences == ()
    assert [(row.name, row.told, row.labels) for row in told.rows] == [
        ("a", "3 requests", ()),
        ("b", "1 request", ()),
    ]


def test_workspaces_without_a_request_lead_with_nothing() -> None:
    """A customer who only writes."""
    written = {"ingestion_bytes": 8, "ingestion_rows": 1, "ingestion_operations": 1}

    assert moment(USAGE.tell(made(written), "Acme"), "workspaces").unit == ""


def test_what_the_workspaces_leave_is_told_apart_from_one_called_other() -> None:
    """The rest never leads, however much it is, and has a name that is no workspace's."""
    told = in_workspaces(("core", 9), ("a", 4), ("b", 4), ("c", 4), ("other", 3), left=70)

    assert (told.figure, told.unit) == ("core", "leads with 9 requests")
    assert [row.name for row in told.rows] == ["core", "a", "b", "c", "other", "all others"]
    assert told.rows[-1].told == "74.5\u00a0% read, 0\u00a0% written"
    assert told.rows[-1].labels == ("74.5\u00a0%", "0\u00a0%")


def test_no_comparison_is_made_twice_in_a_story() -> None:
    """Read, kept and written are each set beside something else."""
    told = [one.comparison for one in USAGE.tell(rich(), "Acme").moments if one.comparison]

    assert len(told) == 4
    assert len({re.sub(r"[\d,.]+", "", text) for text in told}) == 4


def test_how_far_the_data_reaches_is_said_at_once() -> None:
    """In the first moment, with its clock."""
    assert USAGE.tell(rich(), "Acme").moments[0].sentences == (
        "Everything counted once.",
        "From 1 January through 31 December 2025, 23:59 UTC.",
    )


@pytest.mark.parametrize("language", sorted(LOCALES))
def test_the_figure_is_the_documents_value_in_every_language(language: str) -> None:
    """Separators differ, digits do not, also past 2 to the 53rd."""
    document = year_documents.longest("x")
    requests = moment(USAGE.tell(document, "Acme", LOCALES[language]), "requests")

    assert re.sub(r"\D", "", requests.figure) == str(document.requests.total) == str(requests.exact)


def test_alternative_text_says_everything_the_card_shows() -> None:
    """Label, figure, unit, sentences and comparison, as running text."""
    assert moment(year({"03-01": 12_090_000}), "requests").alt == (
        "Requests: 12,090,000 API requests. All of 2025, errors included. That is 31 requests for every person in Iceland."
    )
