"""Documents for the tests of pages and cards: a rich year, a bare one, and one in which everything is as long as it gets."""

import datetime as dt
import random
from dataclasses import replace
from typing import Any

from wrapped_assets.product import Edition, Facts
from wrapped_assets.products.usage.document import Summary, document

WRAPPED_ID = "883065d6-d27f-851e-ab8c-aef33a2a3b86"
EDITION = Edition(
    2025, dt.datetime(2025, 12, 31, 23, 59, 59, 999000, dt.UTC), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
)

ARABIC = "شركة الأنظمة السحابية المتقدمة للتجارة"
CJK = "東京データ分析株式会社アーカイブ"
EMOJI = "🚀 Rocket 👩‍💻 Labs ❤️ 🇩🇪"
MARKED = "شِرکَۃُ التِّقْنِیَّۃ لِلتَّطْوِیر"
BURMESE = "မြန်မာ့နည်းပညာကုမ္ပဏီ"
DEVANAGARI = "श्रीकृष्ण प्रौद्योगिकी र्किं कम्पनी"
LONGEST = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2 + " & Sons"


def rich(seed: int = 5, **others: Any) -> Summary:
    """A busy customer: a year with a rhythm by weekday, growth, and a peak on 27 November."""
    days = _days(seed)
    total = sum(requests for _, requests in days)
    told = {
        "days": [{"day": day, "requests": n, "errors": n // 900} for day, n in days],
        "hours": [{"hour_of_day": 9, "requests": total // 3}, {"hour_of_day": 15, "requests": total - total // 3}],
        "bytes_read": 26_493_030_176_021, "rows_read": 135_996_383_441, "result_rows": 47_548_112,
        "p50_us": 10_815, "p95_us": 222_207, "p99_us": 516_095,
        "workspaces": [
            {"name": name, "requests": total // share, "bytes_read": read * 10**11, "bytes_written": written * 10**9}
            for name, share, read, written in (
                ("core_platform", 3, 94, 101), ("recommendations", 4, 71, 12), ("observability", 7, 22, 377),
                ("ad_platform", 9, 41, 58), ("checkout", 14, 9, 133),
            )
        ],
        "pipes": [
            {"name": name, "requests": total // share}
            for name, share in (("stock_levels_v2", 5), ("revenue_by_country", 7), ("ab_test_results", 9), ("leaderboard", 12), ("delivery_eta", 20))
        ],
        "regions": [{"region": "eu", "requests": total}],
        "storage_bytes": 91_904_535_425_000, "storage_rows": 498_111_954_331,
        "largest_datasource": {"name": "gps_pings", "bytes": 30_243_634_168_000, "rows": 98_835_405_000},
        "ingestion_bytes": 783_908_077_000, "ingestion_rows": 8_981_061_000, "ingestion_operations": 273_441,
        "event_types": [
            {"event_type": "append-hfi", "bytes": 491_202_584_000, "rows": 3_514_604_000, "operations": 90_113},
            {"event_type": "copy", "bytes": 197_023_236_000, "rows": 4_386_220_000, "operations": 1_022},
            {"event_type": "replace", "bytes": 45_967_346_000, "rows": 529_634_000, "operations": 365},
        ],
        "previous_requests": int(total / 1.387), "fewer": 1_087, "cohort_size": 1_240,
    }  # fmt: skip
    return made(told | others)


def bare() -> Summary:
    """A customer with a single request and nothing else."""
    day = {"day": dt.date(2025, 3, 9), "requests": 1, "errors": 1}
    hours = [{"hour_of_day": 23, "requests": 1}]
    return made({"days": [day], "hours": hours, "p50_us": 900_000, "p95_us": 900_000, "p99_us": 900_000})


def idle() -> Summary:
    """A customer who only kept data."""
    return made(
        {"storage_bytes": 10, "storage_rows": 1, "largest_datasource": {"name": "x", "bytes": 10, "rows": 1}}
    )


def wrote() -> Summary:
    """A customer who only wrote data."""
    kinds = [{"event_type": "append", "bytes": 90, "rows": 9, "operations": 2}]
    return made({"ingestion_bytes": 90, "ingestion_rows": 9, "ingestion_operations": 2, "event_types": kinds})


def unknown() -> Summary:
    """A customer whose requests say neither whether they failed, nor how long they took, nor what they answered."""
    days = [{"day": dt.date(2025, 3, 9), "requests": 4, "errors": None}]
    hours = [{"hour_of_day": 23, "requests": 4}]
    return made({"days": days, "hours": hours, "bytes_read": 9, "rows_read": 9, "result_rows": None})


def longest(name: str) -> Summary:
    """Every name as told, every number past what a double holds."""
    huge = 2**70 + 12_345
    total = 2**62 + 11
    day = {"day": dt.date(2025, 9, 30), "requests": total, "errors": 2**61}
    return made(
        {
            "days": [
                {"day": dt.date(2025, 9, 1), "requests": 1, "errors": 0},
                day,
                {"day": dt.date(2025, 10, 1), "requests": 2, "errors": 0},
            ],
            "previous_months": [{"first_day": "2024-09-01", "requests": 1}],
            "hours": [{"hour_of_day": 0, "requests": total + 3}],
            "bytes_read": huge, "rows_read": huge, "result_rows": huge // 3,
            "p50_us": 86_400_000_000, "p95_us": 86_400_000_000, "p99_us": 86_400_000_000,
            "workspaces": [{"name": name, "requests": total // 8, "bytes_read": huge // 9, "bytes_written": huge // 9}] * 5,
            "pipes": [{"name": name, "requests": total // 6}] * 5,
            "storage_bytes": huge, "storage_rows": huge,
            "largest_datasource": {"name": name, "bytes": huge // 2, "rows": huge // 2},
            "ingestion_bytes": huge, "ingestion_rows": huge, "ingestion_operations": 2**62,
            "event_types": [{"event_type": name, "bytes": huge // 4, "rows": huge, "operations": 2**61}] * 3,
            "previous_requests": 1, "fewer": 99_999_999, "cohort_size": 100_000_000,
        }
    )  # fmt: skip


def kept_longest() -> Summary:
    """A customer whose storage takes most words: every line of it is long."""
    return rich(
        storage_bytes=73_728 * 123, storage_rows=999_499, largest_datasource={"name": LONGEST, "bytes": 9_000_000, "rows": 1}
    )  # fmt: skip


def counted(requests: int) -> Summary:
    """A customer with this many requests in a year, all numbers of whom are as long as that."""
    days = [
        {"day": dt.date(2025, 3, 7), "requests": requests // 3, "errors": requests // 5},
        {"day": dt.date(2025, 7, 1), "requests": requests - requests // 3, "errors": requests // 7},
    ]
    return made(
        {
            "days": days,
            "hours": [{"hour_of_day": 23, "requests": requests}],
            "bytes_read": requests, "rows_read": requests, "result_rows": requests // 2,
            "p50_us": 900_000, "p95_us": 900_000, "p99_us": 999_400,
            "workspaces": [{"name": "core", "requests": requests, "bytes_read": requests, "bytes_written": requests}],
            "pipes": [{"name": "core", "requests": requests}],
            "storage_bytes": requests, "storage_rows": requests,
            "ingestion_bytes": requests, "ingestion_rows": requests, "ingestion_operations": requests,
            "previous_requests": requests * 2 // 3,
            "previous_months": [{"first_day": "2024-03-01", "requests": requests * 2 // 3}],
        }
    )  # fmt: skip


def made(told: dict[str, Any], through: dt.datetime | None = None) -> Summary:
    """The document of these facts; what is not told is nothing. Whatever happened, happened in one workspace unless told."""
    nothing: dict[str, Any] = {
        **dict.fromkeys(("bytes_read", "rows_read", "result_rows", "fewer", "cohort_size"), 0),
        **dict.fromkeys(("ingestion_bytes", "ingestion_rows", "ingestion_operations"), 0),
        **dict.fromkeys(("p50_us", "p95_us", "p99_us", "previous_requests"), None),
        **dict.fromkeys(("storage_bytes", "storage_rows", "largest_datasource"), None),
        **{name: [] for name in ("days", "hours", "workspaces", "pipes", "regions", "event_types")},
    }
    before = told.get("previous_requests")
    months = [{"first_day": "2024-01-01", "requests": before}] if before else []
    last = "2024-12-31" if before else None
    facts = nothing | {"previous_months": months, "previous_last_day": last} | told
    failed = [day["errors"] for day in facts["days"]]
    facts |= {
        "year": 2025,
        "wrapped_id": WRAPPED_ID,
        "requests": sum(day["requests"] for day in facts["days"]),
        "errors": None if None in failed else sum(failed),
    }
    if not facts["workspaces"] and (facts["requests"] or facts["ingestion_operations"]):
        sums = (facts["requests"], facts["bytes_read"], facts["ingestion_bytes"])
        facts["workspaces"] = [
            dict(zip(("name", "requests", "bytes_read", "bytes_written"), ("main", *sums), strict=True))
        ]
    return document(Facts(**facts), replace(EDITION, through=through or EDITION.through))


def _days(seed: int) -> list[tuple[dt.date, int]]:
    chance = random.Random(seed)
    days = []
    for i in range(365):
        day = dt.date(2025, 1, 1) + dt.timedelta(i)
        rhythm = 0.34 if day.weekday() >= 5 else 1.0
        level = 21_000 + 95 * i + 9_000 * chance.random()
        if day == dt.date(2025, 11, 27):
            level *= 2.9
        if not 203 <= i < 212:
            days.append((day, int(level * rhythm)))
    return days
