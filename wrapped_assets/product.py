"""What a product is: the contract that each package of `products/` fills, and all that the other packages know of one.

A product tells of its subjects in stories. A story is one module: the columns that its SQL computes, the fields of the
document that are made of them, its words, its slide and its card.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from wrapped_assets import queries
from wrapped_assets.families import Dimension, Family
from wrapped_assets.slides.moments import NAMELESS, Moment, Slideshow, through
from wrapped_assets.slides.numbers import ENGLISH, Locale
from wrapped_assets.slides.parts import Look
from wrapped_assets.slides.pictures import Picture
from wrapped_assets.slides.teller import Teller
from wrapped_assets.text.public_names import public_company, public_name

Facts = dict[str, Any]
"""One subject's final integers: the columns of every story, and `year`, `wrapped_id`, `days`, `fewer` and `cohort_size`."""


@dataclass(frozen=True)
class Edition:
    """The year published and how far its data reaches, both instants in UTC, and whether it follows late rows no more."""

    year: int
    through: dt.datetime
    generated_at: dt.datetime
    frozen: bool = False


class ContradictoryFacts(ValueError):
    """The facts of one subject disagree with each other, so no document was made of them."""

    def __init__(self, facts: Facts, what: str, seen: object, expected: object) -> None:
        year, wrapped_id = facts["year"], facts["wrapped_id"]
        super().__init__(
            f"The {year} summary of {wrapped_id} was not made: its facts contradict each other.\n"
            f"  {what}: {seen}, expected {expected}.\n"
            f"  Next: materialize wrapped_summaries for {year}; if that says the same, run "
            f"`wrapped check --year {year} --deep`."
        )


# Of what documents are made.


def utc_milliseconds(moment: dt.datetime) -> dt.datetime:
    """The instant in UTC, cut to the millisecond."""
    moment = moment.astimezone(dt.UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Count = Annotated[int, Field(ge=0)]
Percentage = Annotated[float, Field(ge=0, le=100)]
Name = Annotated[str, AfterValidator(public_name)]
Instant = Annotated[
    AwareDatetime,
    AfterValidator(utc_milliseconds),
    PlainSerializer(_iso, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2025-12-31T23:59:59.999Z"]}),
]


# Strict, because a sum that reaches Python as a float or a Decimal has been through something that can round.
class Part(BaseModel):
    """A part of a document."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, json_schema_serialization_defaults_required=True
    )


def as_json(fields: dict[str, Any]) -> bytes:
    """The published bytes of these fields, the same on every machine."""
    return json.dumps(fields, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def rounded(numerator: int, denominator: int) -> int:
    """The nearest integer, halves away from zero; dividing it by ten or a million is the only float step."""
    nearest = (2 * abs(numerator) + denominator) // (2 * denominator)
    return nearest if numerator >= 0 else -nearest


# What an endpoint adds up.

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Names:
    """What organizations and workspaces are called: ids and regions settle ties, names are shown."""

    organizations: Mapping[int, tuple[str, str]]
    workspaces: Mapping[tuple[int, str], str | None]

    def tie_break(self, organization: int) -> tuple[bytes, bytes]:
        """Text compares by its bytes, as it does in the warehouses."""
        organization_id, region = self.organizations[organization]
        return organization_id.encode(), region.encode()


@dataclass(frozen=True)
class FlatSummary:
    """The numbers of some subjects and days as one row: what `wrapped_pipe_stats_summary` answers."""

    columns: list[tuple[str, str]]
    """Each a name and ClickHouse's name of its type."""

    totals: Callable[[], Any]
    """What parts are added to: `add(parts, are_days)`."""

    row: Callable[[Any, Names], Row]
    """The values of the columns, from such totals."""


# What a product declares.


@dataclass(frozen=True)
class Story:
    """One thing that is told of a subject's year."""

    name: str
    """In addresses and file names, of its SQL too: `sql/products/<product>/<name>.sql`."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    """What its SQL computes, each with its value for a subject that has no row: 0, an empty list, None. Without any it has no SQL."""

    fields: Callable[[Facts, Edition], Mapping[str, Any]] | None = None
    """Its part of the document."""

    words: Callable[[Teller], Moment | None] | None = None
    """What it says of a document; None where the document has nothing for it. Without words it has no slide."""

    look: Look | None = None
    """Its slide."""

    picture: Picture | None = None
    """What stands on its card; without one it has no card."""

    figure_is_name: bool = False
    """Whether its figure is a name from outside, which takes several lines on a card."""


@dataclass(frozen=True)
class PartKind:
    """A kind of parts, which answers are added up from: the numbers of one rollup by an id and perhaps a label.

    Endpoints read them as the views `daily_<name>` and `monthly_<name>`, with the rollup's columns that are named here.
    """

    name: str
    family: str
    rollup: str
    id: str
    amount: str
    """What is counted."""

    bytes: str
    rows: str
    label: str | None = None
    errors: str | None = None
    """Null in an answer when one of the events does not say whether it failed."""

    last_at: str | None = None
    """Of readings, whose last one counts, when that was; the other numbers of all others are sums."""

    by_day: bool = False
    """Whether months also hold the amount of each day, as parts of the kind `days`."""


class Request(NamedTuple):
    """One request to the API, as its log keeps it. Nothing in it is secret."""

    at: dt.datetime
    caller: str
    """The token's name."""

    place: str
    """The endpoint, or the pattern of the path."""

    id: str
    status: int
    seconds: float
    bytes_read: int
    rows_read: int
    rows: int
    cpu_seconds: float
    method: str


@dataclass(frozen=True)
class OwnRequests:
    """How requests to the API become events of the product. Tables are pyarrow's."""

    files: Callable[[Sequence[Request], dt.datetime], Iterable[tuple[str, Any]]]
    """Landing keys and tables of some requests, exported at an instant."""

    names: Callable[[dt.datetime], tuple[str, Any]]
    """The landing key and table of the snapshot that names what they belong to."""


ParameterType = Literal["String", "Int32", "Float64", "Date", "Bool"]


@dataclass(frozen=True)
class Parameter:
    """A parameter of an endpoint: its ClickHouse type, and the text of its default; None when it is required.

    A default may depend on the edition: `published`, `start of the year`, `end of the year`.
    """

    name: str
    type: ParameterType
    description: str
    default: str | None = None

    @property
    def is_required(self) -> bool:
        """Whether a caller must give it."""
        return self.default is None


@dataclass(frozen=True)
class Endpoint:
    """A question that the API answers: one select, which binds the parameters as `$name`.

    Without a statement it is the product's flat summary, which Python adds up.
    """

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    sql: str = ""
    updated_at: dt.datetime | None = None
    """When its statement was written here."""

    @classmethod
    def of(cls, product: str, name: str, description: str, *parameters: Parameter) -> "Endpoint":
        """The one whose statement is `sql/products/<product>/endpoints/<name>.sql`."""
        file = f"products/{product}/endpoints/{name}"
        return cls(name, description, parameters, queries.text(file), queries.written_at(file))


@dataclass(frozen=True)
class Product:
    """A product: what lands for it, and what the API answers from that."""

    name: str
    families: Mapping[str, Family]
    dimensions: Mapping[str, Dimension]
    part_kinds: tuple[PartKind, ...] = field(default=(), kw_only=True)
    endpoints: tuple[Endpoint, ...] = field(default=(), kw_only=True)
    """What the API answers, in the order in which it is listed."""


@dataclass(frozen=True)
class Window:
    """The days that an edition counts, half-open, by the subject's own calendar; and the same days a year before."""

    year: int
    start: dt.date
    end: dt.date
    last_start: dt.date
    last_end: dt.date


@dataclass(frozen=True)
class Step:
    """One table of an edition, computed by `sql/products/<product>/<folder>/<name>.sql`.

    Of a bucket's subjects (`by_bucket`; the statement reads those in `wanted` and binds `$bucket`), or of all buckets at once.
    `reads` are the tables of all buckets that it depends on: when one of them changes, every subject is computed again. A `pinned` table
    stays as it was first computed.
    """

    name: str
    folder: str
    description: str
    columns: Mapping[str, tuple[str, str]]
    """The type and the meaning of each."""

    reads: tuple[str, ...] = ()
    by_bucket: bool = True
    pinned: bool = False


@dataclass(frozen=True)
class EditionCheck:
    """A rule about a table of an edition: `sql/products/<product>/checks/<name>.sql` finds the rows that break it.

    A statement that reads `heard` is asked about a sample of subjects, all of whose events are there.
    """

    name: str
    table: str
    promise: str
    warning: bool = False


@dataclass(frozen=True)
class BucketedProduct(Product):
    """A product of many subjects, whose editions are computed bucket by bucket in a DuckDB file of their own.

    Statements are in `sql/products/<product>/`: `catalog/` names what the edition pins, `pieces/` what is counted of one month of events
    (from `heard`, which is `pieces/<heard>.sql`), and the steps what becomes of that.
    """

    family: Family
    """Its events."""

    people: str
    """The dimension whose rows say how a subject's events are counted."""

    catalog: Mapping[str, Mapping[str, tuple[str, str]]]
    """The tables that the edition pins, in order, with the type and the meaning of each column."""

    shown: Mapping[str, tuple[str, ...]]
    """The columns of those tables that are shown to people."""

    prepare: tuple[str, ...]
    """Statements of `pieces/` that note what the events of a month name and the catalog does not."""

    pieces: Mapping[str, Mapping[str, tuple[str, str]]]
    """The tables that hold what counts of one month, with the type and the meaning of each column."""

    steps: tuple[Step, ...]
    """In the order in which they are computed; the last is the document."""

    checks: tuple[EditionCheck, ...]

    model: type[BaseModel]
    """The published document, a pydantic model."""

    main_numbers: Callable[[Any], list[tuple[str, str]]]
    """Labels and values of a document, for a terminal."""

    window: Callable[[int, tuple[tuple[int, int], tuple[int, int]]], Window]
    """The days of an edition, from its year and the first and last (month, day)."""


@dataclass(frozen=True)
class CustomerProduct(Product):
    """A product whose subjects are customers of several organizations, with its stories in the order they are told."""

    stories: tuple[Story, ...]
    model: type[Any]
    """The published document, a pydantic model."""

    subject_model: type[Any]
    """The same with the subject's identity, as operators see it."""

    document: Callable[[Facts, Edition], Any]
    """A subject's document with its identity; ContradictoryFacts when the facts cannot all be true."""

    totals: Callable[[Any], Mapping[str, int]]
    """What a document adds to the totals of a publication."""

    main_numbers: Callable[[Any], list[tuple[str, str]]]
    """Labels and values of a document, for a terminal."""

    flat: FlatSummary

    emblem: Callable[[Any], Any]
    """The drawing that is a document's own, for the summary card; None where there is nothing to draw."""

    on_summary_card: tuple[str, ...]
    """The stories whose figures stand on the summary card, the most telling first; those that a document lacks are left out."""

    in_short: tuple[str, ...]
    """The stories that make up a document in one paragraph: the summary card for those who cannot see it."""

    own_requests: OwnRequests | None = None
    """Where requests to the API can be events of the product."""

    @property
    def owners(self) -> tuple[Dimension, ...]:
        """The dimensions that say who owns a subject."""
        return tuple(each for each in self.dimensions.values() if each.names_owners)

    @property
    def names(self) -> tuple[Dimension, ...]:
        """The dimensions whose names stand in documents."""
        return tuple(each for each in self.dimensions.values() if each.subject and not each.names_owners)

    def story(self, name: str) -> Story:
        """The story of this name; KeyError when there is none."""
        return {story.name: story for story in self.stories}[name]

    def sql(self, story: Story) -> str:
        """The SQL of a story: one row a subject, by `customer`, with the story's columns."""
        return queries.text(f"products/{self.name}/{story.name}")

    def tell(self, document: Any, company: str | None, locale: Locale = ENGLISH) -> Slideshow:
        """The slideshow of this document. A company without a name that may be shown is told as NAMELESS."""
        teller = Teller(document, public_company(company) or NAMELESS, locale)
        told = tuple(story.words(teller) for story in self.stories if story.words)
        moments = tuple(moment for moment in told if moment)
        reach = through(document.through)
        return Slideshow(teller.company, document.year, reach, document, moments, locale, product=self)
