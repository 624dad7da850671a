"""What `/v0/tokens` answers, without HTTP."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.api_world import BY_DAY, ENDPOINTS
from tests.tokens import NOW, PIPE, SECRET, Clock, grant
from wrapped_assets.access.grants import Grant, Scope
from wrapped_assets.access.registry import Registry, token_rows
from wrapped_assets.access.tokens import Authority, TokenRefused
from wrapped_assets.assets import edition_tokens
from wrapped_assets.serving.api.token_admin import TokenAdmin
from wrapped_assets.serving.http.problems import Problem

ASKER = Grant("ops", "wrapped", (Scope("ADMIN"),))
END = int(NOW.timestamp()) + 3600


@pytest.fixture
def clock() -> Clock:
    """The clock of everyone."""
    return Clock()


@pytest.fixture
def registry(tmp_path: Path, clock: Clock) -> Iterator[Registry]:
    """An empty registry."""
    with Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", clock) as opened:
        yield opened


@pytest.fixture
def admin(registry: Registry, clock: Clock) -> TokenAdmin:
    """What answers."""
    return TokenAdmin(Authority(SECRET, registry, clock), registry, ENDPOINTS, clock)


def create(
    admin: TokenAdmin, body: Mapping[str, Any] | None = None, **parameters: Sequence[str] | str
) -> dict[str, Any]:
    """Create a token."""
    lists = {name: [value] if isinstance(value, str) else value for name, value in parameters.items()}
    return admin.create(ASKER, lists, body or {})


def test_only_administrators_may(admin: TokenAdmin) -> None:
    """A token that reads everything there is reads no tokens."""
    for asker in (grant(), grant(scopes=(Scope("admin"),)), grant(scopes=(Scope("PIPES:READ", "ADMIN"),))):
        asked: list[Callable[[], object]] = [
            partial(admin.list, asker),
            partial(admin.create, asker, {"name": ["x"], "scope": ["ADMIN"]}, {}),
            partial(admin.refresh, asker, "x"),
            partial(admin.delete, asker, "x"),
        ]
        for ask in asked:
            with pytest.raises(TokenRefused) as refused:
                ask()
            assert refused.value.reason == "wrong_scope"
    assert admin.list(ASKER) == {"tokens": []}


def test_a_static_token_is_created_from_the_url(admin: TokenAdmin) -> None:
    """As Tinybird's clients ask for one: a name, and a scope for each right."""
    made = create(admin, name="acme", scope=[f"PIPES:READ:{PIPE}", f"PIPES:READ:{BY_DAY}", "ADMIN"])

    assert made.pop("token").startswith("wr_")
    identity = made.pop("id")
    scopes = [{"type": "PIPES:READ", "resource": name} for name in (PIPE, BY_DAY)] + [{"type": "ADMIN"}]
    assert made == {"name": "acme", "scopes": scopes}
    assert admin.list(ASKER) == {
        "tokens": [
            {
                "id": identity,
                "name": "acme",
                "type": "static",
                "scopes": scopes,
                "limits": None,
                "created_at": "2026-01-15T12:00:00Z",
                "updated_at": "2026-01-15T12:00:00Z",
                "expires_at": None,
            }
        ]
    }


def test_a_jwt_is_created_from_the_body(admin: TokenAdmin, registry: Registry) -> None:
    """With what it fixes, its limit and its company; the end may stand in the URL."""
    body = {
        "name": "acme",
        "scopes": [{"type": "PIPES:READ", "resource": PIPE, "fixed_params": {"wrapped_id": "w-1"}}],
        "limits": {"rps": 5},
        "company": {"name": "Acme"},
    }
    made = create(admin, body, expiration_time=str(END), name="ignored")
    also = create(admin, body | {"expiration_time": END})

    for each in (made, also):
        found = Authority(SECRET, registry, Clock()).verify(each["token"])
        assert found == grant(each["id"], rps=5, company={"name": "Acme"})
        assert each["expires_at"] == "2026-01-15T13:00:00Z"
    listed = admin.list(ASKER)["tokens"]
    assert [each["type"] for each in listed] == ["jwt", "jwt"]
    assert listed[0]["limits"] == {"rps": 5}
    assert not any(made["token"] in str(value) for each in listed for value in each.values())


@pytest.mark.parametrize(
    ("parameters", "body", "told"),
    [
        ({"scope": ["ADMIN"]}, {}, "'name' must be text"),
        ({"name": [], "scope": ["ADMIN"]}, {}, "'name' must be text"),
        ({"name": ["x\ny"], "scope": ["ADMIN"]}, {}, "'name' must be text"),
        ({"name": ["x"]}, {}, "it needs a 'scope', PIPES:READ:<pipe> or ADMIN, or in JSON 'scopes'"),
        ({"name": ["x"], "scope": ["PIPES:READ"]}, {}, "'scope' must be PIPES:READ:<pipe> or ADMIN"),
        ({"name": ["x"], "scope": ["PIPES:READ:"]}, {}, "must name its pipe"),
        ({"name": ["x"], "scope": ["DATASOURCES:READ:y"]}, {}, "'scope' must be PIPES:READ:<pipe> or ADMIN"),
        (
            {"name": ["x"]},
            {"scopes": [{"type": "PIPES:DROP", "resource": "y"}]},
            "'type' must be PIPES:READ or ADMIN",
        ),
        (
            {"name": ["x"]},
            {"scopes": [{"type": "PIPES:READ", "resource": "y", "fixed_params": 1}]},
            "must be an object",
        ),
        ({"name": ["x"], "scope": ["ADMIN"]}, {"limits": {"rps": 0}}, "'limits.rps' must be a whole number"),
        ({"name": ["x"], "scope": ["ADMIN"]}, {"company": "Acme"}, "'company' must be an object"),
        (
            {"name": ["x"], "scope": ["ADMIN"], "expiration_time": ["soon"]},
            {},
            "'expiration_time' must be a number",
        ),
        ({"name": ["x"], "scope": ["ADMIN"], "expiration_time": ["1"]}, {}, "must be in the future"),
        ({"name": ["x"], "scope": ["ADMIN"]}, {"expiration_time": 10**11}, "'expiration_time' must be"),
        (
            {"name": ["x"], "scope": ["ADMIN"]},
            {"expiration_time": True},
            "'expiration_time' must be a number",
        ),
        (
            {"name": ["x"], "expiration_time": [str(END)]},
            {
                "scopes": [
                    {"type": "PIPES:READ", "resource": PIPE, "fixed_params": {"wrapped_id": "w" * 20_000}}
                ]
            },
            "longer than 16,384",
        ),
    ],
)
def test_what_cannot_be_created_is_told(
    admin: TokenAdmin, parameters: Mapping[str, Sequence[str]], body: Mapping[str, Any], told: str
) -> None:
    """The parameter and what was expected; nothing is created."""
    with pytest.raises(Problem, match=told) as refused:
        admin.create(ASKER, parameters, body)

    assert refused.value.status == 400 and str(refused.value).startswith("The token was not created: ")
    assert admin.list(ASKER) == {"tokens": []}


THERE_ARE = f"there are {PIPE}, {BY_DAY}"
IT_HAS = "it has wrapped_id, start_date, limit"


@pytest.mark.parametrize(
    ("parameters", "fixed", "told"),
    [
        (["PIPES:READ:typo"], None, f"there is no pipe 'typo'; {THERE_ARE}"),
        ([f"PIPES:READ:{PIPE}", "PIPES:READ:typo"], None, f"there is no pipe 'typo'; {THERE_ARE}"),
        ([f"PIPES:READ:{PIPE.upper()}"], None, f"there is no pipe '{PIPE.upper()}'; {THERE_ARE}"),
        (["PIPES:READ:" + "x" * 5000], None, f"there is no pipe '{'x' * 100}'; {THERE_ARE}"),
        ([], {"wrapped_ids": "w-1"}, f"the pipe '{BY_DAY}' has no parameter 'wrapped_ids' to fix; {IT_HAS}"),
        ([], {"wrapped_id": "w-1", "Limit": "1"}, f"the pipe '{BY_DAY}' has no parameter 'Limit' to fix; {IT_HAS}"),
        (
            [],
            {"limit": "many"},
            f"the pipe '{BY_DAY}' could not be asked: the parameter 'limit' of type Int32 has a value of another type,"
            " expected a whole number of 32 bits",
        ),
    ],
)  # fmt: skip
def test_a_token_that_nobody_could_use_is_not_created(
    admin: TokenAdmin, parameters: Sequence[str], fixed: Mapping[str, str] | None, told: str
) -> None:
    """The sentence names what is unknown and lists what there is; nothing is created."""
    body = {"scopes": [{"type": "PIPES:READ", "resource": BY_DAY, "fixed_params": fixed}]} if fixed else {}
    with pytest.raises(Problem) as refused:
        admin.create(ASKER, {"name": ["x"], "scope": parameters}, body)

    assert (refused.value.status, str(refused.value)) == (400, f"The token was not created: {told}.")
    assert admin.list(ASKER) == {"tokens": []}


def test_a_token_may_fix_whatever_its_pipe_takes(admin: TokenAdmin) -> None:
    """Numbers in JSON too, which are read as the URL would spell them."""
    fixed = {"wrapped_id": "w-1", "start_date": "2025-03-01", "limit": 5}
    made = create(
        admin, {"name": "x", "scopes": [{"type": "PIPES:READ", "resource": BY_DAY, "fixed_params": fixed}]}
    )

    assert made["scopes"][0]["fixed_params"] == {**fixed, "limit": "5"}


def test_a_token_ends_at_the_whole_second_that_is_told(
    admin: TokenAdmin, registry: Registry, clock: Clock
) -> None:
    """One that would be over before anybody could use it is refused; refreshed at half a second it ends as it says."""
    clock.pass_by(seconds=0.25)
    with pytest.raises(Problem, match="must be in the future"):
        create(admin, {"name": "x", "expiration_time": NOW.timestamp() + 0.75}, scope="ADMIN")
    old = create(admin, {"name": "x", "expiration_time": END + 0.75}, scope="ADMIN")
    clock.pass_by(seconds=0.5)
    new = admin.refresh(ASKER, old["id"])
    clock.at = NOW + timedelta(seconds=3599.999)
    assert Authority(SECRET, registry, clock).verify(new["token"]).name == "x"
    clock.at = NOW + timedelta(hours=1)

    assert (old["expires_at"], new["expires_at"]) == ("2026-01-15T13:00:00Z",) * 2
    assert admin.list(ASKER) == {"tokens": []}


@pytest.mark.parametrize("by", ["id", "name", "token"])
@pytest.mark.parametrize("end", [None, str(END)])
def test_a_token_is_refreshed(
    admin: TokenAdmin, registry: Registry, clock: Clock, by: str, end: str | None
) -> None:
    """Named by id, name or text: the same rights and as long a life under another text, and the old one is refused."""
    authority = Authority(SECRET, registry, clock)
    old = create(admin, name="acme", scope=f"PIPES:READ:{PIPE}", expiration_time=[end] if end else [])
    clock.pass_by(minutes=30)

    new = admin.refresh(ASKER, old[by])

    assert authority.verify(new["token"]).scopes == (Scope("PIPES:READ", PIPE),)
    assert new["id"] != old["id"] and new["name"] == "acme"
    assert new.get("expires_at") == ("2026-01-15T13:30:00Z" if end else None)
    with pytest.raises(TokenRefused) as refused:
        authority.verify(old["token"])
    assert refused.value.reason == "revoked"
    assert [each["id"] for each in admin.list(ASKER)["tokens"]] == [new["id"]]


def test_a_token_that_was_just_deleted_has_no_successor(
    admin: TokenAdmin, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another administrator deletes it after the refresh has found it: nothing is issued."""
    old = create(admin, name="acme", scope=f"PIPES:READ:{PIPE}")
    found = admin._only(old["id"])
    admin.delete(ASKER, old["id"])
    monkeypatch.setattr(TokenAdmin, "_only", lambda self, named: found)

    with pytest.raises(Problem) as refused:
        admin.refresh(ASKER, old["id"])

    assert refused.value.status == 404
    assert admin.list(ASKER)["tokens"] == []


def test_a_refresh_that_stops_half_way_leaves_the_old_token(
    admin: TokenAdmin, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of space between the two, or killed: whoever holds it is not shut out."""
    old = create(admin, name="acme", scope=f"PIPES:READ:{PIPE}")

    def failing(*_: object) -> object:
        raise OSError("no space is left")

    with monkeypatch.context() as patches, pytest.raises(OSError, match="no space"):
        patches.setattr(token_rows, "_row", failing)
        admin.refresh(ASKER, old["id"])

    assert Authority(SECRET, registry, Clock()).verify(old["token"]).jti == old["id"]
    assert [each["id"] for each in admin.list(ASKER)["tokens"]] == [old["id"]]


@pytest.mark.parametrize("by", ["id", "name", "token"])
def test_a_token_is_deleted(admin: TokenAdmin, registry: Registry, by: str) -> None:
    """It is refused at once, listed no more, and cannot be deleted again."""
    made = create(admin, name="acme", scope="ADMIN")

    assert admin.delete(ASKER, made[by]) == {"ok": True}

    with pytest.raises(TokenRefused):
        Authority(SECRET, registry, Clock()).verify(made["token"])
    assert admin.list(ASKER) == {"tokens": []}
    with pytest.raises(Problem, match="There is no such token") as refused:
        admin.delete(ASKER, made[by])
    assert refused.value.status == 404


@pytest.mark.parametrize("named", ["nobody", "", "\0", "\ud800", "%", "x" * 20_000, "a.b.c"])
def test_what_is_not_there_cannot_be_deleted(admin: TokenAdmin, named: str) -> None:
    """Whatever it is called, and the answer does not repeat it."""
    for ask in (admin.delete, admin.refresh):
        with pytest.raises(Problem) as refused:
            ask(ASKER, named)
        assert (refused.value.status, str(refused.value)) == (404, "There is no such token.")


@pytest.mark.parametrize("by", ["name", "id", "token"])
def test_a_token_that_is_called_as_another_is_identified_hides_and_loses_nothing(
    admin: TokenAdmin, by: str
) -> None:
    """Deleting the first deletes the first, by whatever it is named."""
    first = create(admin, name="ops", scope="ADMIN")
    second = create(admin, name=first["id"], scope="ADMIN")

    assert admin.delete(ASKER, first[by]) == {"ok": True}

    assert [each["id"] for each in admin.list(ASKER)["tokens"]] == [second["id"]]


def test_an_end_of_more_digits_than_a_number_has_is_refused(admin: TokenAdmin) -> None:
    """Python reads none of so many."""
    with pytest.raises(Problem) as refused:
        create(admin, name="ops", scope="ADMIN", expiration_time="9" * 5000)
    assert refused.value.status == 400


def test_a_name_of_several_tokens_is_not_enough(admin: TokenAdmin) -> None:
    """Nothing is guessed: the id says which."""
    first, second = create(admin, name="ops", scope="ADMIN"), create(admin, name="ops", scope="ADMIN")

    with pytest.raises(Problem, match="2 tokens have this name"):
        admin.delete(ASKER, "ops")
    admin.delete(ASKER, first["id"])
    assert admin.delete(ASKER, "ops") == {"ok": True}
    assert second["id"] not in str(admin.list(ASKER))


def test_a_pages_address_is_no_name_here(admin: TokenAdmin, registry: Registry) -> None:
    """Links are revoked on the command line; an API that deletes tokens takes no page away."""
    registry.make_links(2025, {"w-1": "Acme"})
    (link,) = registry.links_of_edition(2025)

    with pytest.raises(Problem, match="no such token"):
        admin.delete(ASKER, link.url_key)
    assert registry.resolve(link.url_key) is not None


def test_a_token_of_an_edition_is_deleted_but_not_refreshed(admin: TokenAdmin, registry: Registry) -> None:
    """The edition issues its successor."""
    edition_tokens.issue(registry, 2025, {"w-1": "Acme"}, NOW)
    (listed,) = admin.list(ASKER)["tokens"]

    with pytest.raises(Problem, match="wrapped_tokens issues another"):
        admin.refresh(ASKER, listed["id"])
    admin.delete(ASKER, listed["id"])
    assert edition_tokens.issue(registry, 2025, {"w-1": "Acme"}, NOW).new_tokens == 1


def test_what_is_over_is_not_listed(admin: TokenAdmin, clock: Clock) -> None:
    """Nor what was revoked."""
    create(admin, name="short", scope="ADMIN", expiration_time=str(END))
    create(admin, name="long", scope="ADMIN")
    clock.at = NOW + timedelta(hours=1)

    assert [each["name"] for each in admin.list(ASKER)["tokens"]] == ["long"]
