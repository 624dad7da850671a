"""What must hold, layer by layer: the names of the checks, what they promise and how bad a breach is.

A check is a query for the rows that break a rule; none is a pass. The queries are in `sql/*/checks/`, some filled in from
a family's declaration; the quarantine is read as everywhere else, by `sql/*/status/quarantine.sql`.
The same table makes the asset checks in Dagster and the list that `wrapped check` prints.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from wrapped_assets.families import Family, Measure, Rollup
from wrapped_assets.periods import ALL_LEVELS, Level
from wrapped_assets.products import DEFAULT, FAMILIES


@dataclass(frozen=True)
class Check:
    """One rule about one asset.

    `statement` names the query; `family` is empty for assets that belong to no family. A breach of a
    `warning` is shown and does not fail `wrapped check`. `looks_at` is what the query asks about, given a span: its days,
    one year at a time, the present (of a span that holds it), or everything, whatever the span.
    """

    name: str
    asset: tuple[str, ...]
    statement: str
    promise: str
    family: str = ""
    warning: bool = False
    looks_at: Literal["span", "now", "year", "everything"] = "span"


def found_nothing(metadata: Mapping[str, Any]) -> bool:
    """Whether an evaluation with this metadata found nothing in what it looked at, whatever earlier ones found."""
    return bool(metadata["broken_rows"].value == 0)


def conservation(
    level: Level,
    family: Family,
    rollup: Rollup,
    table: str,
    from_raw: Callable[[Measure], str],
    merged: Callable[[Measure], str],
) -> dict[str, str]:
    """What an engine puts into its statement `checks/conserved`, which compares a rollup with what it is made of.

    `table` is how the engine names one of a layer, such as `{}.{}`; the others say what a measure is of raw rows, and of states.
    """
    below = family.source(level)
    is_raw, names = below == "raw", [measure.name for measure in rollup.measures]
    return {
        "table": table.format(level.name, family.table(rollup)),
        "source": table.format(below, family.name if is_raw else family.table(rollup)),
        "period": level.period,
        "time": family.event_time if is_raw else ALL_LEVELS[below].period,
        "grain": ", ".join(family.compared_by(rollup)),
        "expected": ", ".join(map(from_raw if is_raw else merged, rollup.measures)),
        "found": ", ".join(map(merged, rollup.measures)),
        "expected_measures": ", ".join(f"expected.{name}" for name in names),
        "found_measures": ", ".join(f"found.{name}" for name in names),
        "differ": " or ".join(f"expected.{name} is distinct from found.{name}" for name in names),
        "count": names[0],
    }


def _family_checks(declared: Family) -> list[Check]:
    family = declared.name
    raw = ("raw", family)
    checks = [
        Check(
            "quarantine_is_empty",
            ("landing", family),
            "quarantine",
            "Every landing file and row could be imported.",
            family,
            warning=True,
        ),
        Check(
            "live_day_is_fresh",
            ("landing", family),
            "freshness",
            "While the year runs, something was exported within the last hour.",
            family,
            looks_at="now",
        ),
        Check("keys_are_unique", raw, "duplicates", "No key is in raw twice.", family),
        Check("nothing_is_lost", raw, "lost_keys", "Every key that landed is in raw.", family),
        Check(
            "versions_agree",
            raw,
            "contested",
            "Landing rows with the same key and the same exported_at say the same.",
            family,
            warning=True,
        ),
    ]
    for level in declared.levels:
        checks.append(
            Check(
                f"conserves_{declared.source(level)}",
                (level.name, family),
                f"conserved_{level.name}",
                f"Every measure of {level.name} adds up to what {declared.source(level)} holds.",
                family,
            )
        )
    return checks


CHECKS: tuple[Check, ...] = (
    *(check for family in FAMILIES.values() for check in _family_checks(family)),
    Check(
        "organizations_agree",
        ("organizations",),
        "disputed_owners",
        "All regions give an organization to the same customer, and call a customer by the same name.",
        looks_at="everything",
    ),
    Check(
        "one_identity_each",
        ("wrapped_organizations",),
        "identities",
        "Each organization has one wrapped_id, and organizations share one exactly when they share a customer.",
        looks_at="everything",
    ),
    *(
        Check(
            f"year_conserves_monthly_{family.name}",
            ("wrapped_summaries",),
            "conserved_yearly",
            f"The yearly states of {family.name} behind the summaries add up to what monthly holds.",
            family.name,
            looks_at="year",
        )
        for family in DEFAULT.families.values()
    ),
    Check(
        "no_internal_ids",
        ("wrapped_summaries",),
        "internal_ids",
        "No text of a summary holds an organization_id of its customer.",
        looks_at="year",
    ),
    Check(
        "totals_equal_rollups",
        ("wrapped_summaries",),
        "totals",
        "A summary's totals are the sums of its organizations' monthly rollups, and no customer is missing.",
        looks_at="year",
    ),
)
