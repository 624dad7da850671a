"""What a token proves, and everything that does not pass for one."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tokens import NOW, PIPE, SECRET, Clock, claims, forge, grant, segment, signing_key
from wrapped_assets.access.grants import ADMIN, READ, BadClaims, Grant, Scope, scopes_in
from wrapped_assets.access.registry import Registry
from wrapped_assets.access.tokens import LARGEST_TOKEN, Authority, TokenRefused, new_jti

USUAL = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A registry that issued one token, jti-1."""
    with Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", Clock()) as opened:
        opened.record(grant(), NOW)
        yield opened


@pytest.fixture
def clock() -> Clock:
    """The clock of the authority."""
    return Clock()


@pytest.fixture
def authority(registry: Registry, clock: Clock) -> Authority:
    """Whoever verifies."""
    return Authority(SECRET, registry, clock)


@pytest.fixture
def key(registry: Registry) -> bytes:
    """The key that tokens are signed with."""
    return signing_key(registry)


def reason(authority: Authority, text: str | None) -> str:
    """Why a token is refused; that its sentence quotes nothing is asserted with it."""
    with pytest.raises(TokenRefused) as refused:
        authority.verify(text)
    told = str(refused.value)
    assert told.endswith(".") and (not text or len(text) < 8 or text not in told)
    assert not set(told.split()) & {"w-1", "jti-1", "acme"}
    return refused.value.reason


# ---- What passes


def test_a_token_gives_back_what_it_was_issued_for(authority: Authority) -> None:
    """Name, scopes, limit, company and the end, to the second."""
    wanted = grant("jti-2", rps=7, company={"name": "Acme Ltd"})

    assert authority.verify(authority.issue(wanted)) == wanted


def test_claims_that_nobody_knows_are_ignored(authority: Authority, key: bytes) -> None:
    """Other programs may add their own."""
    text = forge(claims(aud="x", sub=["y"], plan={"is": "gold"}), key)

    assert authority.verify(text) == grant()


def test_any_library_reads_the_token(authority: Authority, key: bytes) -> None:
    """It is a plain JWT with the claims of Tinybird's, and no internal id."""
    text = authority.issue(grant("jti-2", rps=7, company={"name": "Acme"}))

    assert jwt.decode(text, options={"verify_signature": False, "verify_exp": False}) == {
        "workspace_id": "wrapped",
        "name": "acme",
        "iat": int(NOW.timestamp()),
        "jti": "jti-2",
        "scopes": [{"type": "PIPES:READ", "resource": PIPE, "fixed_params": {"wrapped_id": "w-1"}}],
        "exp": int(NOW.timestamp()) + 3600,
        "limits": {"rps": 7},
        "company": {"name": "Acme"},
    }
    assert jwt.get_unverified_header(text) == {"alg": "HS256", "typ": "JWT"}


def test_without_a_registry_a_token_is_its_signature(clock: Clock) -> None:
    """For programs that have only the secret; nothing can be revoked, and there are no static tokens."""
    alone = Authority(SECRET, clock=clock)

    assert alone.verify(alone.issue(grant())) == grant()
    assert reason(alone, "wr_" + "x" * 43) == "forged"
    with pytest.raises(ValueError, match="needs a registry"):
        alone.issue(grant(), static=True)


def test_a_token_needs_an_id_and_a_jwt_an_end(authority: Authority) -> None:
    """One that could not be revoked, or never ends, is not issued."""
    with pytest.raises(ValueError, match="needs a jti"):
        authority.issue(grant(jti=None))
    with pytest.raises(ValueError, match="expires_at"):
        authority.issue(grant("jti-2", expires_at=None))


def test_a_static_token_is_known_by_its_digest_alone(authority: Authority, registry: Registry) -> None:
    """It has no end unless one is given, and then it ends."""
    forever = authority.issue(grant("s-1", expires_at=None), static=True)
    for_a_while = authority.issue(grant("s-2"), static=True)

    assert forever.startswith("wr_") and len(forever) == 46
    assert authority.verify(forever) == grant("s-1", expires_at=None)
    assert authority.verify(for_a_while) == grant("s-2")
    later = Authority(SECRET, registry, Clock(NOW + timedelta(hours=1)))
    assert later.verify(forever).jti == "s-1"
    assert reason(later, for_a_while) == "expired"
    assert reason(authority, forever[:-1]) == "forged"
    assert reason(authority, forever.upper()) == "malformed"
    registry.revoke("s-1")
    assert reason(authority, forever) == "revoked"


# ---- What does not pass


@pytest.mark.parametrize("text", [None, ""])
def test_no_token(authority: Authority, text: str | None) -> None:
    """Nothing given is told as such."""
    assert reason(authority, text) == "missing"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", "hs256", "HS256 ", None, 1, ["HS256"]])
@pytest.mark.parametrize("is_signed", [True, False])
def test_only_hs256_whatever_the_header_says(
    authority: Authority, key: bytes, alg: Any, is_signed: bool
) -> None:
    """alg none in every spelling, with a right signature and without one."""
    text = forge(claims(), key if is_signed else None, {"alg": alg, "typ": "JWT"})

    assert reason(authority, text) in ("forged", "malformed")


@pytest.mark.parametrize(("alg", "digest"), [("HS384", "sha384"), ("HS512", "sha512")])
def test_no_other_algorithm_even_with_the_key(
    authority: Authority, key: bytes, alg: str, digest: str
) -> None:
    """One algorithm is one thing to get right."""
    assert reason(authority, forge(claims(), key, {"alg": alg}, digest)) == "forged"


def test_an_rsa_key_confuses_nobody(authority: Authority) -> None:
    """RS256 with a private key, and HS256 keyed with the public one, in PEM and DER."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    formats = (
        (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        (serialization.Encoding.DER, serialization.PublicFormat.PKCS1),
    )

    assert reason(authority, jwt.encode(claims(), private, "RS256")) == "forged"
    for encoding, form in formats:
        public = private.public_key().public_bytes(encoding, form)
        assert reason(authority, forge(claims(), public)) == "forged"
        assert reason(authority, forge(claims(), public, {"alg": "RS256"})) == "forged"


def test_keys_that_somebody_may_have(authority: Authority, registry: Registry) -> None:
    """The secret itself, the salt itself, a key without salt, another secret, and nothing."""
    salt = registry.signing_salt()

    for key in (SECRET, salt, SECRET + salt, signing_key(None), signing_key(registry, b"x" * 32), b"", b"\0"):
        assert reason(authority, forge(claims(), key)) == "forged"


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "../../../../dev/null"},
        {"kid": "x' union select '' --"},
        {"kid": "http://127.0.0.1/key"},
        {"kid": 1},
        {"jku": "http://127.0.0.1:1/jwks.json"},
        {"x5u": "http://127.0.0.1:1/cert.pem"},
        {"jwk": {"kty": "oct", "k": segment(b"attacker's own key of 32 bytes..")}},
        {"x5c": ["MIIB"]},
        {"crit": ["exp"]},
        {"b64": False, "crit": ["b64"]},
        {"zip": "DEF"},
    ],
)
def test_a_key_that_the_token_names_is_not_looked_at(authority: Authority, header: dict[str, Any]) -> None:
    """kid, jku, x5u, x5c and jwk lead nowhere: signed by the attacker is signed by nobody."""
    attackers = b"attacker's own key of 32 bytes.."

    for key in (attackers, b""):
        text = forge(claims(), key, {"alg": "HS256", **header})
        assert reason(authority, text) in ("forged", "malformed")


def test_what_must_be_understood_and_is_not_is_refused(authority: Authority, key: bytes) -> None:
    """`crit` and a payload that is not encoded, even rightly signed."""
    assert reason(authority, forge(claims(), key, {"alg": "HS256", "crit": ["x"]})) == "malformed"
    assert (
        reason(authority, forge(claims(), key, {"alg": "HS256", "b64": False, "crit": ["b64"]}))
        == "malformed"
    )


def test_a_token_ends_at_its_second(authority: Authority, clock: Clock) -> None:
    """Until exp it counts, at exp it does not."""
    text = authority.issue(grant("jti-2"))
    clock.pass_by(seconds=3599)
    authority.verify(text)
    clock.pass_by(seconds=1)

    assert reason(authority, text) == "expired"


def test_a_token_is_not_valid_before_its_time(authority: Authority, key: bytes, clock: Clock) -> None:
    """nbf is honoured to the second."""
    text = forge(claims(nbf=int(NOW.timestamp()) + 10), key)

    assert reason(authority, text) == "expired"
    clock.pass_by(seconds=10)
    assert authority.verify(text) == grant()


@pytest.mark.parametrize("exp", [None, "1999999999", True, [], {}, -(10**20), 10**20, 1e300, "", "never"])
def test_a_token_without_an_end_is_refused(authority: Authority, key: bytes, exp: Any) -> None:
    """Missing, or nothing that is an instant."""
    assert reason(authority, forge(claims(exp=exp), key)) == "malformed"


NUMBERS = ("NaN", "Infinity", "-Infinity", "9" * 5000)


@pytest.mark.parametrize(
    ("claim", "number"),
    [*product(("exp", "nbf", "unknown"), NUMBERS), ("exp", "1e999"), ("nbf", "1e999")],
)
def test_numbers_that_compare_with_nothing(authority: Authority, key: bytes, claim: str, number: str) -> None:
    """NaN is neither before nor after now, and no JSON wherever it stands."""
    payload = json.dumps(claims(**{claim: 12345})).replace("12345", number)

    assert reason(authority, forge(payload.encode(), key)) == "malformed"


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        ('"exp":', '"exp": 1, "exp":'),
        ('"name":', '"name": "admin", "name":'),
        ('"fixed_params":', '"fixed_params": {"wrapped_id": "w-2"}, "fixed_params":'),
        ('"wrapped_id":', '"wrapped_id": "w-2", "wrapped_id":'),
        ('"type":', '"type": "ADMIN", "ty\\u0070e":'),
    ],
)
def test_a_key_that_stands_twice(authority: Authority, key: bytes, once: str, twice: str) -> None:
    """At any depth and in any spelling: which of the two counts is nobody's to guess."""
    payload = json.dumps(claims()).replace(once, twice)

    assert twice in payload
    assert reason(authority, forge(payload.encode(), key)) == "malformed"


@pytest.mark.parametrize(
    "changes",
    [
        {"scopes": None},
        {"scopes": []},
        {"scopes": "ADMIN"},
        {"scopes": {"type": "ADMIN"}},
        {"scopes": [{"type": "PIPES:READ"}]},
        {"scopes": [{"type": "PIPES:READ", "resource": ""}]},
        {"scopes": [{"type": "PIPES:READ", "resource": ["x"]}]},
        {"scopes": [{"type": 1}]},
        {"scopes": ["ADMIN"]},
        {"scopes": [{"type": "PIPES:READ", "resource": PIPE, "fixed_params": ["wrapped_id"]}]},
        {"scopes": [{"type": "PIPES:READ", "resource": PIPE, "fixed_params": {"wrapped_id": None}}]},
        {"name": None},
        {"name": ""},
        {"name": "two\nlines"},
        {"name": "x" * 201},
        {"name": "\ud800"},
        {"company": {"name": "a\0b"}},
        {"company": {"name": "\udfff"}},
        {"scopes": [{"type": "PIPES:READ", "resource": "x\0"}]},
        {"workspace_id": None},
        {"workspace_id": 1},
        {"jti": 1},
        {"limits": {"rps": 0}},
        {"limits": {"rps": -1}},
        {"limits": {"rps": "5"}},
        {"limits": {"rps": True}},
        {"limits": {"rps": 1.5}},
        {"company": "Acme"},
        {"company": {"name": ["Acme"]}},
    ],
)
def test_claims_that_say_nothing_certain(authority: Authority, key: bytes, changes: dict[str, Any]) -> None:
    """A right that cannot be read is no right, even rightly signed."""
    assert reason(authority, forge(claims(**changes), key)) == "malformed"


@pytest.mark.parametrize(
    "payload", [b"", b"null", b"[]", b'"x"', b"1", b"{", b"\xff\xfe", b"[" * 5000, b'{"a":' * 1500]
)
def test_payloads_that_are_no_claims(authority: Authority, key: bytes, payload: bytes) -> None:
    """Nothing, other JSON, no JSON, no UTF-8, and JSON deeper than any stack."""
    assert reason(authority, forge(payload, key)) == "malformed"
    assert reason(authority, forge(claims(), key, payload)) in ("malformed", "forged")


@pytest.mark.parametrize(
    "text",
    [
        "x",
        ".",
        "..",
        "...",
        "a.b",
        "a.b.c.d",
        "e30.e30.",
        " ",
        "Bearer x",
        "é.é.é",
        "a.b.c\n",
        "\x00.a.b",
        "wr_",
    ],
)
def test_texts_that_are_no_tokens(authority: Authority, text: str) -> None:
    """Whatever comes in a header or a URL."""
    assert reason(authority, text) in ("malformed", "forged")


def test_a_huge_token_is_refused_before_it_is_read(authority: Authority, key: bytes) -> None:
    """16 kB is the end, though rightly signed; ten megabytes take no time."""
    text = forge(claims(padding="x" * LARGEST_TOKEN), key)

    assert reason(authority, text) == "malformed"
    started = time.perf_counter()
    assert reason(authority, "a." * 5_000_000) == "malformed"
    assert reason(authority, "wr_" + "a" * 10_000_000) == "malformed"
    assert time.perf_counter() - started < 0.5


def test_the_longest_list_of_customers_fits(authority: Authority) -> None:
    """11 kB of wrapped_ids in fixed_params are one token; one that would not be read is not issued."""
    many = Scope(READ, PIPE, {"wrapped_id": ",".join(["w" * 36] * 300)})
    too_many = Scope(READ, PIPE, {"wrapped_id": ",".join(["w" * 36] * 400)})

    assert authority.verify(authority.issue(grant("jti-2", scopes=(many,)))).scopes == (many,)
    with pytest.raises(BadClaims, match="longer than 16,384"):
        authority.issue(grant("jti-3", scopes=(too_many,)))


def test_a_token_that_was_never_issued(authority: Authority, key: bytes) -> None:
    """Rightly signed, but the registry knows nothing of it, or could never revoke it."""
    assert reason(authority, forge(claims(jti="unheard-of"), key)) == "revoked"
    assert reason(authority, forge(claims(jti=None), key)) == "forged"


@USUAL
@given(data=st.data())
def test_any_other_character_makes_another_token(authority: Authority, data: st.DataObject) -> None:
    """Changed, left out or added anywhere: the text is the token, there is no second spelling of it."""
    text = authority.text_of(grant(), NOW)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("ABCyz019-_.= \n"))
    how = data.draw(st.sampled_from(["change", "add", "drop"]))
    rest = text[at:] if how == "add" else text[at + 1 :]
    changed = text[:at] + ("" if how == "drop" else other) + rest

    if changed != text:
        assert reason(authority, changed) in ("forged", "malformed")


@pytest.mark.parametrize("other", ["{}=", "{}==", "{} ", " {}", "{}\n", "{}\0", "{}.", "Bearer {}"])
def test_a_token_has_no_second_spelling(authority: Authority, other: str) -> None:
    """Padding and blanks, which some decoders let pass."""
    text = authority.text_of(grant(), NOW)

    assert authority.verify(text) == grant()
    assert reason(authority, other.format(text)) == "malformed"


@USUAL
@given(text=st.text(max_size=200) | st.binary(max_size=100).map(segment))
def test_nothing_that_is_not_a_token_raises_anything_else(authority: Authority, text: str) -> None:
    """Whatever the text, the answer is a refusal."""
    assert reason(authority, text) in ("missing", "malformed", "forged")


_text = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30)
_scopes = st.builds(Scope, st.just(READ), _text, st.dictionaries(_text, _text, max_size=3)) | st.just(
    Scope(ADMIN)
)


@USUAL
@given(
    wanted=st.builds(
        Grant,
        name=_text,
        workspace_id=_text,
        scopes=st.lists(_scopes, min_size=1, max_size=4).map(tuple),
        rps=st.none() | st.integers(1, 1_000_000),
        jti=st.just(""),
        expires_at=st.integers(1, 10**9).map(lambda seconds: NOW + timedelta(seconds=seconds)),
        company=st.dictionaries(_text, _text, max_size=3),
    )
)
def test_what_goes_in_comes_out(authority: Authority, wanted: Grant) -> None:
    """Any grant, as a JWT and as a static token, in any script."""
    wanted = wanted.with_id(new_jti(), wanted.expires_at)
    static = wanted.with_id(new_jti(), wanted.expires_at)

    assert authority.verify(authority.issue(wanted)) == wanted
    assert authority.verify(authority.issue(static, static=True)) == static


# ---- What a grant allows


@pytest.mark.parametrize(
    "pipe", ["other", PIPE.upper(), f"{PIPE} ", f"{PIPE}.json", f"{PIPE}\0", PIPE[:-1], "", "%", "*"]
)
def test_a_scope_is_for_one_pipe(pipe: str) -> None:
    """By its exact name: no case, no prefix, no pattern."""
    assert grant().scope_for(PIPE) is not None
    assert grant().scope_for(pipe) is None


@pytest.mark.parametrize(
    "kind", ["pipes:read", "PIPES:READ ", "PIPES:CREATE", "DATASOURCES:READ", "admin", "ADMIN "]
)
def test_a_scope_that_nobody_knows_allows_nothing(authority: Authority, key: bytes, kind: str) -> None:
    """The token passes, the right does not."""
    found = authority.verify(forge(claims(scopes=[{"type": kind, "resource": PIPE}]), key))

    assert found.scope_for(PIPE) is None and not found.is_admin


def test_an_administrator_reads_everything_unless_its_token_says_less() -> None:
    """Of two scopes the one that names the pipe counts."""
    own = Scope(READ, PIPE, {"wrapped_id": "w-1"})
    both = grant(scopes=(Scope(ADMIN), own))

    assert both.scope_for("other") == Scope(READ, "other")
    assert both.scope_for(PIPE) == own


@pytest.mark.parametrize("restriction", [{"resource": PIPE}, {"fixed_params": {"wrapped_id": "w-1"}}])
def test_an_administrator_cannot_be_restricted(restriction: dict[str, Any]) -> None:
    """What would restrict nothing is refused, not taken and passed over."""
    with pytest.raises(BadClaims, match="ADMIN"):
        scopes_in([{"type": ADMIN, **restriction}])


@pytest.mark.parametrize("name", ["wrapped_id", "WRAPPED_ID", "Wrapped_Id"])
def test_what_is_fixed_beats_the_request_in_any_case(name: str) -> None:
    """One wrapped_id comes out, the token's own; other parameters pass."""
    bound = Scope(READ, PIPE, {"wrapped_id": "w-1"}).bind({name: "w-2", "year": "2025"})

    assert bound == {"wrapped_id": "w-1", "year": "2025"}


@given(
    fixed=st.dictionaries(_text, _text, max_size=4),
    asked=st.dictionaries(_text, _text, max_size=8),
)
def test_two_customers_never_meet(fixed: dict[str, str], asked: dict[str, str]) -> None:
    """Whatever is asked, what is fixed is what comes out, and nothing else under that name."""
    names = {name.casefold() for name in fixed}
    theirs = {
        name: "theirs"
        for mine in fixed
        for name in (mine, mine.upper(), mine.title())
        if name.casefold() in names
    }
    bound = Scope(READ, PIPE, fixed).bind(asked | theirs)

    assert {name: value for name, value in bound.items() if name.casefold() in names} == fixed
    assert {name: value for name, value in bound.items() if name.casefold() not in names} == {
        name: value for name, value in asked.items() if name.casefold() not in names
    }


def test_nothing_shows_a_secret(authority: Authority, registry: Registry) -> None:
    """Not the authority, not the registry, not a grant, not an error."""
    text = authority.issue(grant("jti-2"))
    salt = registry.signing_salt()
    shown = repr(authority) + repr(registry) + repr(authority.verify(text)) + repr(registry.tokens())

    for secret in (SECRET.decode(), repr(salt)[2:-1], salt.hex(), text, text.split(".")[2]):
        assert secret not in shown
