"""`wrapped token`, in processes of its own, as people and scripts use it."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from tests.built_world import SECRET, YEAR, BuiltWorld
from wrapped_assets.access.grants import Grant, Scope
from wrapped_assets.access.registry import Registry
from wrapped_assets.access.tokens import Authority, TokenRefused
from wrapped_assets.assets import edition_tokens
from wrapped_assets.cli.token_reports import aligned

pytestmark = pytest.mark.proof

DAYS, MONTHS = "wrapped_requests_by_day", "wrapped_requests_by_month"


@pytest.fixture
def world(tmp_path: Path) -> BuiltWorld:
    """A home in which nothing was built yet: tokens need none of it."""
    return BuiltWorld(tmp_path / "home", tmp_path / "landing")


def registry(world: BuiltWorld) -> Registry:
    """The registry of that home."""
    return Registry.open(f"sqlite:///{world.home}/registry.db")


def verify(world: BuiltWorld, token: str) -> Grant:
    """What a token allows."""
    with registry(world) as opened:
        return Authority(SECRET.encode(), opened).verify(token)


def test_a_token_is_printed_once_and_alone(world: BuiltWorld) -> None:
    """The standard output is the token, so a script can keep it; what it is goes to the standard error."""
    done = world.wrapped(
        "token", "issue", "--name", "acme", "--pipe", DAYS, "--pipe", MONTHS, "--fixed", "wrapped_id=w=1",
        "--fixed", "year=2025", "--days", "7", "--rps", "5",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    token = done.stdout.removesuffix("\n")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token) and token not in done.stderr
    found = verify(world, token)
    fixed = {"wrapped_id": "w=1", "year": "2025"}
    assert found.scopes == (Scope("PIPES:READ", DAYS, fixed), Scope("PIPES:READ", MONTHS, fixed))
    assert (found.name, found.rps) == ("acme", 5)
    assert re.search(
        rf"Token {found.jti}, 'acme', valid until \d{{4}}-\d\d-\d\d \d\d:\d\d UTC\. Its text is shown this once\.",
        done.stderr,
    )

    listed = world.wrapped("token", "list")
    as_json = world.wrapped("token", "list", "--json", "--all")
    assert (
        str(found.jti) in listed.stdout
        and f"PIPES:READ:{DAYS} (wrapped_id=w=1, year=2025), PIPES" in listed.stdout
    )
    row = json.loads(as_json.stdout)
    assert (row["id"], row["name"], row["type"], row["rps"], row["state"]) == (
        found.jti,
        "acme",
        "jwt",
        "5",
        "valid",
    )
    for printed in (listed, as_json):
        assert token not in printed.stdout + printed.stderr
        assert token.rpartition(".")[2] not in printed.stdout + printed.stderr


def test_revoking_and_rotating(world: BuiltWorld) -> None:
    """By id or name; what is called nothing is told; rotating asks first and ends all the rest."""
    first = world.wrapped("token", "issue", "--admin", "--static", "--name", "ops").stdout.strip()
    other = world.wrapped("token", "issue", "--admin", "--name", "other").stdout.strip()
    assert verify(world, first).is_admin and verify(world, other).is_admin

    done = world.wrapped("token", "revoke", "ops")
    assert (done.returncode, done.stdout) == (0, f"Revoked token {jti_of(world, 'ops')}.\n")
    again = world.wrapped("token", "revoke", "ops")
    assert (again.returncode, again.stdout) == (0, "'ops' was revoked before.\n")
    nobody = world.wrapped("token", "revoke", "nobody")
    assert nobody.returncode == 2 and "no token and no link is called 'nobody'" in nobody.stderr
    with pytest.raises(TokenRefused, match="revoked"):
        verify(world, first)
    assert verify(world, other).name == "other"

    for undo in ([], ["--undo"]):
        nobody = world.wrapped("token", "opt-out", "w-1", *undo)
        assert nobody.returncode == 2 and "no customer has the wrapped_id 'w-1'" in nobody.stderr
        assert "(WRAPPED_REGISTRY_URL)" in nobody.stderr and "(WRAPPED_WAREHOUSE_URL)" in nobody.stderr

    unasked = world.wrapped("token", "rotate")
    assert unasked.returncode == 2 and "run it with --yes" in unasked.stderr
    assert verify(world, other).name == "other"
    rotated = world.wrapped("token", "rotate", "--yes")
    assert rotated.stdout == "Rotated: 1 tokens that were valid are refused from now on.\n"
    assert "Next: " in rotated.stderr and "materialize wrapped_tokens" in rotated.stderr
    with pytest.raises(TokenRefused):
        verify(world, other)
    nothing = world.wrapped("token", "list")
    assert (nothing.stdout, nothing.stderr) == ("", "There are none.\n")
    states = [
        json.loads(line)["state"]
        for line in world.wrapped("token", "list", "--all", "--json").stdout.splitlines()
    ]
    assert states == ["revoked", "revoked"]


def jti_of(world: BuiltWorld, name: str) -> str:
    """The id of the token of this name."""
    with registry(world) as opened:
        (record,) = opened.tokens_named(name)
    return str(record.grant.jti)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--admin"], "Give it a --name"),
        (["--name", "x"], "It would allow nothing"),
        (["--name", "x", "--admin", "--fixed", "a=b"], "--fixed fixes parameters of a --pipe"),
        (["--name", "x", "--pipe", "p", "--fixed", "ab"], "--fixed expects NAME=VALUE, got 'ab'"),
        (["--name", "x", "--pipe", "typo"], "there is no pipe 'typo'; there are wrapped_"),
        (["--name", "x", "--pipe", DAYS, "--fixed", "typo=1"], "has no parameter 'typo' to fix"),
        (["--name", "x", "--pipe", DAYS, "--fixed", "start_date=soon"], "'start_date' of type Date"),
        (["--name", "x", "--admin", "--static", "--days", "3"], "--static has no end"),
        (["--name", "x", "--admin", "--days", "0"], "greater than or equal to 1"),
        (["--name", "x" * 201, "--admin"], "1 to 200 characters"),
        (["--wrapped-id", "w-1"], "--wrapped-id and --year belong together"),
        (["--wrapped-id", "w-1", "--year", "2025", "--days", "2"], "give --wrapped-id and --year alone"),
        (["--name", "x", "--pipe", DAYS, "--fixed", f"wrapped_id={'x' * 16_000}"], "longer than 16,384"),
    ],
)
def test_what_cannot_be_issued_is_told(world: BuiltWorld, arguments: list[str], told: str) -> None:
    """With exit code 2, and nothing on the standard output."""
    done = world.wrapped("token", "issue", *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert told in " ".join(re.sub(r"[│╭╮╰╯─]", " ", done.stderr).split())


def test_a_customers_link_and_token_by_hand(built_world: BuiltWorld, tmp_path: Path) -> None:
    """The page and the token that its edition gives it, the same each time; taken down both are gone, and asking again gives others."""
    world = built_world.twin(tmp_path / "home")
    with duckdb.connect(str(world.warehouse), read_only=True) as con:
        ((wrapped_id,),) = con.execute("select min(wrapped_id) from main.wrapped_summaries").fetchall()
    issue = ("token", "issue", "--wrapped-id", wrapped_id, "--year", str(YEAR))

    early = world.wrapped("token", "opt-out", wrapped_id)
    assert early.returncode == 0 and "It has no page yet" in early.stderr and "--undo" in early.stderr
    assert world.wrapped("token", "opt-out", wrapped_id, "--undo").returncode == 0
    with registry(world) as opened:
        edition_tokens.issue(opened, YEAR, {wrapped_id: "Acme"}, datetime.now(UTC))
        given = opened.tokens_of_edition(YEAR)[wrapped_id]
    done = world.wrapped(*issue)
    assert done.returncode == 0, done.stderr
    assert world.wrapped(*issue).stdout == done.stdout
    assert verify(world, done.stdout.strip()).jti == given.grant.jti
    assert f"Token {given.grant.jti}" in done.stderr and "shows it again" in done.stderr
    with registry(world) as opened:
        assert len(opened.tokens()) == 1
    found = verify(world, done.stdout.strip())
    fixed = {"wrapped_id": wrapped_id, "year": str(YEAR)}
    assert {scope.resource for scope in found.scopes} >= {
        "wrapped_pipe_stats_summary",
        "wrapped_requests_by_day",
    }
    assert all(scope.type == "PIPES:READ" and scope.fixed_params == fixed for scope in found.scopes)
    page = re.search(r"Page: /wrapped/(\S+), short: /w/(\S+)", done.stderr)
    assert page is not None
    listed = world.wrapped("token", "list", "--year", str(YEAR), "--json").stdout
    assert [json.loads(line)["page"] for line in listed.splitlines()] == [f"/wrapped/{page[1]}"]

    assert world.wrapped("token", "opt-out", wrapped_id).stdout == (
        f"1 page of {wrapped_id} is answered as if there were none.\n"
    )
    assert (
        json.loads(world.wrapped("token", "list", "--year", str(YEAR), "--json").stdout)["state"]
        == "opted out"
    )
    assert "shown again" in world.wrapped("token", "opt-out", wrapped_id, "--undo").stdout

    assert f"Revoked link {page[1]}." in world.wrapped("token", "revoke", page[1]).stdout
    assert world.wrapped("token", "list", "--year", str(YEAR)).stdout == ""
    with pytest.raises(TokenRefused, match="revoked"):
        verify(world, done.stdout.strip())
    again = world.wrapped(*issue)
    assert "Page: /wrapped/" in again.stderr and page[1] not in again.stderr
    assert verify(world, again.stdout.strip()).scopes == found.scopes

    stranger = world.wrapped("token", "issue", "--wrapped-id", "w-1", "--year", str(YEAR))
    assert (stranger.returncode, stranger.stdout) == (2, "")
    assert "No customer of the 2025 edition" in " ".join(re.sub(r"[│╭╮╰╯─]", " ", stranger.stderr).split())


def test_a_name_from_outside_commands_no_terminal() -> None:
    """Control characters are shown as such; columns stand under each other and are never cut."""
    rows = [{"company": "Evil\x1b[2J\r", "id": "a" * 200}, {"company": "Ü", "id": "b"}]

    assert aligned(rows) == [
        "company    id",
        f"Evil\ufffd[2J\ufffd  {'a' * 200}",
        "Ü          b",
    ]


def test_help_teaches(world: BuiltWorld) -> None:
    """Each command says what it does, what it does not, and shows itself used."""
    whole = world.wrapped("token", "--help").stdout
    for name in ("issue", "list", "revoke", "rotate", "opt-out"):
        assert name in whole
        said = " ".join(world.wrapped("token", name, "--help").stdout.split())
        assert len(said) > 300
        assert "Example" in said or name == "rotate"
    assert "wrapped token issue --admin" in " ".join(whole.split())


def test_settings_that_name_no_registry_are_refused(world: BuiltWorld) -> None:
    """With the variable and the form that is expected; a password is not repeated."""
    for variable, value in (
        ("WRAPPED_REGISTRY_URL", "mysql://me:hunter2@host/db"),
        ("WRAPPED_REGISTRY_URL", "sqlite:///relative.db"),
        ("WRAPPED_REGISTRY_URL", "postgresql://me:hunter2@host"),
        ("WRAPPED_LIMITS_URL", "memcached://me:hunter2@host"),
    ):
        done = world.with_settings(**{variable: value}).wrapped("token", "list")
        assert (
            done.returncode == 2 and f"{variable}: is neither" in done.stderr and "hunter2" not in done.stderr
        )
