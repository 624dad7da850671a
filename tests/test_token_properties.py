"""A token is its text, to the last bit, for what it was issued for, until the instant it ends; whatever else is sent is refused, guesses all alike."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.api_world import BY_DAY, DOCUMENTATION, SUMMARY, World, customer, world
from tests.examples import few_and_many, tried
from tests.raw_request import Line, Said, line
from tests.tokens import NOW, Clock, forge, segment, signing_key
from wrapped_assets.access.grants import READ, Grant, Scope
from wrapped_assets.access.tokens import new_jti

pytestmark = pytest.mark.proof

REFUSED = "A valid token is needed: as the parameter 'token' or in the header 'Authorization: Bearer'."
# What only the holder of a token that is rightly signed is told.
ENDED, NOT_YET, REVOKED = (
    "The token has expired.",
    "The token is not valid yet.",
    "The token has been revoked.",
)
ASKED = f"/v0/pipes/{SUMMARY}.json"
DOORS = (ASKED, f"/v0/pipes/{BY_DAY}.csv", "/v0/pipes", f"/v0/pipes/{SUMMARY}", "/v0/tokens")
MINE, THEIRS = customer(1), customer(2)


@dataclass(frozen=True)
class Stage:
    """A world whose clock stands, two customers' tokens, and one that is somebody else's."""

    world: World
    line: Line
    clock: Clock
    jwt: str
    static: str
    theirs: str
    key: bytes

    def issue(self, grant: Grant, static: bool = False) -> str:
        """The text of a new token."""
        return self.world.authority.issue(grant, static)

    @property
    def claims(self) -> dict[str, Any]:
        """Those of `jwt`."""
        return {
            "workspace_id": "wrapped",
            "name": "acme",
            "jti": "jti-1",
            "exp": int(NOW.timestamp()) + 3600,
            "scopes": [{"type": READ, "resource": SUMMARY, "fixed_params": {"wrapped_id": MINE}}],
        }


def fixed_to(subject: str, jti: str, **more: Any) -> Grant:
    """A customer's grant for an hour."""
    scope = Scope(READ, SUMMARY, {"wrapped_id": subject})
    return Grant("acme", "wrapped", (scope,), **{"jti": jti, "expires_at": NOW + timedelta(hours=1), **more})


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One for all: whatever a refused token does, it changes nothing."""
    clock = Clock()
    with (
        world(tmp_path_factory.mktemp("tokens"), tokens_clock=clock) as made,
        line(made.app) as asked,
    ):
        issue = made.authority.issue
        yield Stage(
            made,
            asked,
            clock,
            issue(fixed_to(MINE, "jti-1")),
            issue(fixed_to(MINE, "static-1", expires_at=None), static=True),
            issue(fixed_to(THEIRS, "jti-2")),
            signing_key(made.registry),
        )


def bearer(token: bytes, name: bytes = b"Bearer") -> tuple[bytes, bytes]:
    """A header."""
    return b"authorization", name + b" " + token


def in_url(token: bytes) -> bytes:
    """A parameter of the URL."""
    return b"token=" + quote_from_bytes(token, safe="").encode()


def is_refused(said: Said, *sentences: str) -> None:
    """With one of these sentences, or the one for all others: no status, header or byte tells what was wrong."""
    bodies = [
        json.dumps({"error": sentence, "documentation": DOCUMENTATION}).encode()
        for sentence in sentences or (REFUSED,)
    ]
    assert said.status == 403
    assert said.body in bodies
    assert said.headers == frozenset(
        {
            (b"content-type", b"application/json"),
            (b"content-length", str(len(said.body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            (b"access-control-allow-origin", b"*"),
            (
                b"access-control-expose-headers",
                b"x-request-id, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, retry-after",
            ),
        }
    )


def is_mine(said: Said) -> None:
    """My own year and nobody else's."""
    assert said.status == 200, said.body
    assert [row["total_requests"] for row in said.json["data"]] == [1001]


def test_the_tokens_that_are_spoilt_below_are_good_ones(stage: Stage) -> None:
    """In the header and in the URL; of two that are the same it is one."""
    for token in (stage.jwt.encode(), stage.static.encode()):
        is_mine(stage.line.ask(ASKED, headers=[bearer(token)]))
        is_mine(stage.line.ask(ASKED, in_url(token)))
        is_mine(stage.line.ask(ASKED, in_url(token), [bearer(token), bearer(token, b"bearer")]))
        is_mine(stage.line.ask(ASKED, b"token=&" + in_url(token), [bearer(b"")]))
        is_mine(stage.line.ask(ASKED, in_url(token), [(b"authorization", b"Basic YTpi")]))


# ---- Spoilt in its bytes


@st.composite
def bytes_spoilt(draw: st.DrawFn, text: bytes) -> bytes:
    """One to three bytes flipped, put in or left out, anywhere; the last character oftener than others."""
    for _ in range(draw(st.sampled_from((1, 1, 2, 3)))):
        at = draw(st.one_of(st.integers(0, len(text)), st.just(max(len(text) - 1, 0))))
        other = draw(st.one_of(st.integers(0, 255), st.sampled_from(b"AQgw-_.= \t\0")))
        how = draw(st.sampled_from(("change", "add", "drop", "flip")))
        if how == "flip" and at < len(text):
            other = text[at] ^ (1 << draw(st.integers(0, 7)))
        rest = text[at:] if how == "add" else text[at + 1 :]
        text = text[:at] + (b"" if how == "drop" else bytes([other])) + rest
    return text


@st.composite
def parts_exchanged(draw: st.DrawFn, text: bytes, others: bytes) -> bytes:
    """Segments of two tokens in any order, some twice, some missing, some in another case."""
    parts = [*text.split(b"."), *others.split(b"."), b"", b"e30", segment(b'{"alg":"none"}').encode()]
    chosen = draw(st.lists(st.sampled_from(parts), max_size=4))
    whole = b".".join(chosen)
    return draw(
        st.sampled_from((whole, whole, whole.upper(), whole.lower(), whole.swapcase(), whole.title()))
    )


def strange(text: bytes) -> st.SearchStrategy[bytes]:
    """What is no token at all, or a token and something more."""
    extra = st.sampled_from(
        (b"=", b"==", b".", b"\xa0", b"\x85", b"\x1c", b"%20", b"\r\n", b"\0", b",", text)
    )
    return st.one_of(
        st.binary(max_size=40),
        st.text(max_size=40).map(str.encode),
        st.binary(max_size=30).map(lambda more: b"wr_" + more),
        extra.map(lambda more: text + more),
        extra.map(lambda more: more + text),
        st.integers(1, 40).map(lambda times: (text * times)[: 17 * 1024]),
        st.sampled_from((b"", b"null", b"undefined", b"Bearer " + text, text + b", Bearer " + text)),
    )


def is_text(token: bytes) -> bool:
    """Whether a URL can hold it: other bytes are no parameters at all."""
    try:
        return bool(token.decode())
    except UnicodeDecodeError:
        return False


@st.composite
def shown(draw: st.DrawFn, token: bytes, good: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Query and headers that show a spoilt token: alone, or beside the good one, before and after it."""
    kind = draw(st.sampled_from((b"Bearer", b"bearer", b"BEARER", b"Bearer ", b"Bearer\t", b" Bearer")))
    header, beside = bearer(token, kind), bearer(good)
    ways: list[tuple[bytes, list[tuple[bytes, bytes]]]] = [(b"", [header])]
    if is_text(token):
        ways += [(in_url(token), []), (in_url(token) + b"&wrapped_id=" + THEIRS.encode(), [])]
        ways += [(in_url(token) + b"&" + in_url(good), []), (in_url(good) + b"&" + in_url(token), [])]
        ways += [(in_url(token), [beside])]
    if kind != b"Bearer\t" and token.strip(b" \t"):
        ways += [(b"", [header, beside]), (b"", [beside, header]), (in_url(good), [header])]
    return draw(st.sampled_from(ways))


@few_and_many(150)
def test_a_spoilt_token_is_refused_whatever_is_wrong_and_however_it_is_shown(
    stage: Stage, examples: int
) -> None:
    """Bytes flipped, added, left out; segments exchanged; other texts; alone or beside a good one: the same 403 to the byte."""

    @tried(examples)
    # White space that is none of HTTP's was taken away from around a token.
    @example(spoilt=(lambda jwt: jwt + b"\xa0", "header"), door=ASKED, data=None)
    @example(spoilt=(lambda jwt: b"\x85" + jwt, "header"), door=ASKED, data=None)
    # Beside another token one of the two counted, and which of them depended on where it stood.
    @example(spoilt=(lambda jwt: jwt[:-1], "beside"), door=ASKED, data=None)
    @given(spoilt=st.none(), door=st.sampled_from(DOORS), data=st.data())
    def property(spoilt: Any, door: str, data: Any) -> None:
        if spoilt:
            token, good = spoilt[0](stage.jwt.encode()), stage.jwt.encode()
            headers = [bearer(token)] if spoilt[1] == "header" else [bearer(good), bearer(token)]
            is_refused(stage.line.ask(door, headers=headers))
            return
        good = data.draw(st.sampled_from((stage.jwt.encode(), stage.static.encode())), "good")
        token = data.draw(
            st.one_of(
                bytes_spoilt(good),
                bytes_spoilt(good),
                parts_exchanged(good, stage.theirs.encode()),
                strange(good),
            ),
            "token",
        )
        assume(token.strip(b" \t") not in (good, stage.theirs.encode()))
        query, headers = data.draw(shown(token, good), "shown")
        is_refused(stage.line.ask(door, query, headers))

    property()


# ---- Signed by others, or saying what cannot be


def _not(*kinds: type) -> st.SearchStrategy[Any]:
    """JSON of other types."""
    anything = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=8),
        st.lists(st.integers(), max_size=2),
        st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    )
    return anything.filter(lambda value: type(value) not in kinds)


SECOND = int(NOW.timestamp())
UNUSABLE = {
    "exp": _not(int, float) | st.integers(-(10**30), SECOND) | st.integers(10**14, 10**400) | st.floats(max_value=SECOND),
    "nbf": _not(int, float) | st.integers(SECOND + 1, 10**30) | st.floats(SECOND + 0.001, 1e300),
    "name": _not(str) | st.just("") | st.text(min_size=1).map(lambda text: f"{text}\n") | st.just("x" * 201),
    "workspace_id": _not(str) | st.sampled_from(("", "\0", "a\0", "\ud800")),
    "jti": _not(str) | st.text(max_size=20).filter(lambda jti: jti not in ("jti-1", "jti-2", "static-1")),
    "scopes": _not(list)
    | st.just([])
    | st.lists(_not(dict), min_size=1, max_size=2)
    | st.lists(st.fixed_dictionaries({"type": _not(str)}), min_size=1, max_size=2)
    | st.lists(st.fixed_dictionaries({"type": st.just(READ), "resource": _not(str) | st.just("")}), min_size=1)
    | _not(dict).map(lambda fixed: [{"type": READ, "resource": SUMMARY, "fixed_params": fixed}])
    | _not(str, int).map(lambda id: [{"type": READ, "resource": SUMMARY, "fixed_params": {"wrapped_id": id}}]),
    "limits": st.one_of(st.booleans(), st.floats(allow_nan=False), st.text(max_size=5), st.integers(max_value=0))
    | _not(int, type(None)).map(lambda rps: {"rps": rps}),
    "company": _not(dict) | _not(str, int).map(lambda name: {"name": name}),
}  # fmt: skip


@few_and_many(150)
def test_claims_that_cannot_be_are_refused_even_rightly_signed(stage: Stage, examples: int) -> None:
    """Of wrong types and of nobody as any forgery; over and not begun yet with a word for whoever holds it."""

    @tried(examples)
    @given(claim=st.sampled_from(sorted(UNUSABLE)), door=st.sampled_from(DOORS), data=st.data())
    def property(claim: str, door: str, data: st.DataObject) -> None:
        value = data.draw(UNUSABLE[claim], claim)
        text = forge({**stage.claims, claim: value}, stage.key)
        told = {"exp": (ENDED, REFUSED), "nbf": (NOT_YET, REFUSED), "jti": (REVOKED, REFUSED)}
        is_refused(stage.line.ask(door, headers=[bearer(text.encode())]), *told.get(claim, ()))

    property()


HEADERS = st.fixed_dictionaries(
    {"alg": st.sampled_from(("HS256", "none", "None", "HS384", "HS512", "RS256", "ES256", "", "hs256")) | _not()},
    optional={
        "kid": _not() | st.sampled_from(("../../dev/null", "jti-1", "' or 1=1 --")),
        "jku": st.just("http://127.0.0.1:1/jwks"),
        "jwk": st.just({"kty": "oct", "k": segment(b"k" * 32)}),
        "typ": _not(),
        "zip": st.just("DEF"),
        "crit": st.just(["exp"]),
    },
)  # fmt: skip


@few_and_many(100)
def test_what_others_sign_is_refused(stage: Stage, examples: int) -> None:
    """Any algorithm, any key named in any way, any signature; with the right key another algorithm."""

    @tried(examples)
    @given(
        header=HEADERS,
        key=st.binary(max_size=40) | st.sampled_from((None, b"", b"k" * 32)),
        digest=st.sampled_from(("sha256", "sha384", "sha512")),
        knows_the_key=st.booleans(),
    )
    def property(header: dict[str, Any], key: bytes | None, digest: str, knows_the_key: bool) -> None:
        if knows_the_key:
            assume(header["alg"] != "HS256" or digest != "sha256")
            key = stage.key
        theirs = [{"type": READ, "resource": SUMMARY, "fixed_params": {"wrapped_id": THEIRS}}]
        text = forge({**stage.claims, "scopes": theirs}, key, header, digest)
        is_refused(stage.line.ask(ASKED, headers=[bearer(text.encode())]))

    property()


# ---- What was issued


def until(stage: Stage, token: str, begins: datetime, ends: datetime) -> None:
    """Accepted from one instant up to the other, and not a microsecond before or after."""
    tick = timedelta(microseconds=1)
    for at, is_good in ((begins - tick, False), (begins, True), (ends - tick, True), (ends, False)):
        stage.clock.at = at
        said = stage.line.ask(ASKED, headers=[bearer(token.encode())])
        is_mine(said) if is_good else is_refused(said, NOT_YET, ENDED)


@few_and_many(40)
def test_a_token_counts_from_its_first_instant_until_exactly_its_end(stage: Stage, examples: int) -> None:
    """JWT or static, issued at any fraction of a second, ending in a second or in ten years; `nbf` and `exp` may be fractions too."""

    @tried(examples)
    @given(
        begins=st.integers(0, 10**9).map(lambda us: NOW + timedelta(microseconds=us)),
        life=st.integers(1, 10 * 365 * 86_400),
        kind=st.sampled_from(("jwt", "static", "foreign")),
        fraction=st.sampled_from((0.0, 0.25, 0.5)),
    )
    def property(begins: datetime, life: int, kind: str, fraction: float) -> None:
        stage.clock.at = begins
        jti = new_jti()
        if kind == "foreign":
            stage.world.registry.record(fixed_to(MINE, jti), NOW)
            first, last = SECOND + 100 + fraction, SECOND + 100 + life + fraction
            token = forge({**stage.claims, "jti": jti, "nbf": first, "exp": last}, stage.key)
            until(stage, token, datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC))
            return
        ends = (begins + timedelta(seconds=life + 1)).replace(microsecond=0)
        token = stage.issue(fixed_to(MINE, jti, expires_at=ends), static=kind == "static")
        # It was valid before too, had anybody known it.
        tick = timedelta(microseconds=1)
        for at, is_good in ((begins, True), (ends - tick, True), (ends, False), (ends + tick, False)):
            stage.clock.at = at
            said = stage.line.ask(ASKED, headers=[bearer(token.encode())])
            is_mine(said) if is_good else is_refused(said, NOT_YET, ENDED)

    try:
        property()
    finally:
        stage.clock.at = NOW


@few_and_many(40)
def test_a_token_opens_what_it_was_issued_for_and_nothing_else(stage: Stage, examples: int) -> None:
    """Some pipes, each for some customers: those answer with those customers' numbers, whatever is asked; the others are refused."""
    scopes = st.dictionaries(
        st.sampled_from((SUMMARY, BY_DAY)), st.lists(st.integers(1, 5), max_size=3, unique=True), min_size=1
    )

    @tried(examples)
    @given(scopes=scopes, static=st.booleans(), asked=st.integers(1, 5))
    def property(scopes: dict[str, list[int]], static: bool, asked: int) -> None:
        rights = tuple(
            Scope(READ, pipe, {"wrapped_id": ",".join(map(customer, numbers))} if numbers else {})
            for pipe, numbers in scopes.items()
        )
        grant = Grant("some", "wrapped", rights, None, new_jti(), NOW + timedelta(hours=1))
        headers = [bearer(stage.issue(grant, static).encode())]
        listed = stage.line.ask("/v0/pipes", headers=headers).json["pipes"]
        assert {each["name"] for each in listed} == set(scopes)
        for pipe, column in ((SUMMARY, "total_requests"), (BY_DAY, "requests")):
            said = stage.line.ask(f"/v0/pipes/{pipe}.json", f"wrapped_id={customer(asked)}".encode(), headers)
            if pipe not in scopes:
                assert said.status == 403
                continue
            total = sum(1000 * number + 1 for number in scopes[pipe] or [asked])
            assert (said.status, said.json["data"][0][column]) == (200, total)
        assert stage.line.ask("/v0/tokens", headers=headers).status == 403

    property()
