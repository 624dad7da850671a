"""Links, tokens, share links and opt-outs as the registry keeps them, on SQLite and on PostgreSQL."""

import re
import sqlite3
import stat
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, make_url, text

from tests.tokens import NOW, SECRET, Clock, grant
from wrapped_assets.access.registry import (
    Database,
    Link,
    NoSuchToken,
    Registry,
    RegistryError,
    RegistryNewer,
    RegistryUnavailable,
)
from wrapped_assets.access.registry.keys import slug, url_key
from wrapped_assets.access.tokens import Authority, TokenRefused
from wrapped_assets.assets import edition_tokens

COMPANIES = {"w-1": "Café Müller & Söhne", "w-2": "株式会社ヨーヨー", "w-3": None}


@pytest.fixture
def clock() -> Clock:
    """The registry's clock."""
    return Clock()


@pytest.fixture
def registry(registry_url: str, clock: Clock) -> Iterator[Registry]:
    """An empty registry."""
    with Registry.open(registry_url, clock) as opened:
        yield opened


def links(registry: Registry, year: int = 2025) -> dict[str, Link]:
    """The living link of each subject."""
    return {link.subject: link for link in registry.links_of_edition(year) if not link.revoked}


def refused(authority: Authority, token: str) -> str:
    """Why a token is refused."""
    with pytest.raises(TokenRefused) as error:
        authority.verify(token)
    return error.value.reason


def everything_in(url: str) -> str:
    """All that the database holds, as text."""
    engine = create_engine(make_url(url.replace("postgresql:", "postgresql+psycopg:")))
    names = ("tokens", "links", "shorts", "opt_outs", "state")
    with engine.connect() as connection:
        held = [str(connection.execute(text(f"select * from registry_{name}")).all()) for name in names]
    engine.dispose()
    return "\n".join(held)


# ---- Links


def test_each_customer_has_one_address_for_each_edition(registry: Registry) -> None:
    """Made once, kept for ever, another for another year."""
    assert registry.make_links(2025, COMPANIES) == 3
    made = links(registry)
    assert registry.make_links(2025, {**COMPANIES, "w-4": "Delta"}) == 1
    assert registry.make_links(2024, COMPANIES) == 3

    assert {subject: link for subject, link in links(registry).items() if subject != "w-4"} == made
    keys = [link.url_key for year in (2024, 2025) for link in links(registry, year).values()]
    shorts = [link.short for year in (2024, 2025) for link in links(registry, year).values()]
    assert len(set(keys)) == len(set(shorts)) == 7
    assert [link.year for link in registry.links_of_subject("w-1")] == [2024, 2025]


def test_an_address_leads_to_a_customer_and_an_edition(registry: Registry) -> None:
    """By its long form and by its short one, and nothing else leads there."""
    registry.make_links(2025, COMPANIES)
    link = links(registry)["w-1"]

    assert link == Link(link.url_key, "w-1", 2025, "Café Müller & Söhne", link.short)
    assert registry.resolve(link.url_key) == registry.resolve_short(link.short) == link
    for other in (
        link.url_key[:-1],
        link.url_key.upper(),
        link.short,
        "",
        "%",
        "w-1",
        "a\0b",
        "\ud800",
        "x" * 5000,
    ):
        assert registry.resolve(other) is None
        assert registry.resolve_short(other) is None or other == link.short


def test_a_company_that_changes_its_name_keeps_its_address(registry: Registry) -> None:
    """The page shows the new name; those of other editions show the one they were made with."""
    registry.make_links(2024, COMPANIES)
    registry.make_links(2025, COMPANIES)
    before = links(registry)
    assert registry.resolve(before["w-1"].url_key) == before["w-1"]

    registry.make_links(2025, COMPANIES | {"w-1": "Müller Holding", "w-3": "Named at last"})

    after = links(registry)
    assert [after[subject].company for subject in COMPANIES] == [
        "Müller Holding",
        "株式会社ヨーヨー",
        "Named at last",
    ]
    assert {link.url_key for link in after.values()} == {link.url_key for link in before.values()}
    found = registry.resolve(before["w-1"].url_key)
    assert found is not None and found.company == "Müller Holding"
    assert {subject: link.company for subject, link in links(registry, 2024).items()} == COMPANIES


def test_a_revoked_address_is_gone_with_all_that_led_there(registry: Registry, clock: Clock) -> None:
    """Long, short and share link and the customer's token; other customers and editions stay."""
    for year in (2024, 2025):
        edition_tokens.issue(registry, year, COMPANIES, NOW)
    link, token = links(registry)["w-1"], registry.tokens_of_edition(2025)["w-1"]
    by_hand = edition_tokens.edition_grant("w-1", "Acme", 2025, NOW)
    registry.record(by_hand, NOW)
    shared = registry.share(link.url_key, timedelta(days=1))
    to = registry.resolve_short(shared.short) if shared else None
    assert (
        shared
        and to
        and registry.resolve(to.url_key)
        and registry.resolve(link.url_key)
        and not registry.revoked(str(token.grant.jti))
    )

    assert registry.revoke(link.url_key) == [f"link {link.url_key}"]

    assert registry.resolve(link.url_key) is registry.resolve(to.url_key) is None
    assert registry.share(to.url_key, timedelta(days=1)) is None
    assert registry.resolve_short(link.short) is registry.resolve_short(shared.short) is None
    assert registry.share(link.url_key, timedelta(days=1)) is None
    assert registry.revoked(str(token.grant.jti)) and registry.revoked(str(by_hand.jti))
    assert registry.tokens_of_edition(2025).keys() == {"w-2", "w-3"}
    assert registry.tokens_of_edition(2024).keys() == set(COMPANIES)
    assert set(links(registry)) == {"w-2", "w-3"} and set(links(registry, 2024)) == set(COMPANIES)
    assert registry.revoke(link.url_key) == []


def test_who_lost_a_link_gets_another_only_by_hand(registry: Registry) -> None:
    """Issuing for the edition again leaves it alone; asking for this customer makes a new address."""
    edition_tokens.issue(registry, 2025, COMPANIES, NOW)
    old = links(registry)["w-1"]
    registry.revoke(old.url_key)

    again = edition_tokens.issue(registry, 2025, COMPANIES, NOW)
    assert again == edition_tokens.IssueReport(customers=3, new_links=0, new_tokens=0, revoked_links=1)
    assert "w-1" not in links(registry) and "w-1" not in registry.tokens_of_edition(2025)

    assert registry.make_links(2025, {"w-1": COMPANIES["w-1"]}) == 1
    new = links(registry)["w-1"]
    assert new.url_key != old.url_key and new.short != old.short
    assert registry.resolve(old.url_key) is None and registry.resolve(new.url_key) == new


def test_who_opted_out_is_still_known(registry: Registry) -> None:
    """Every edition says so, those to come too, and it can be undone. Others are not touched."""
    registry.make_links(2024, COMPANIES)
    key = links(registry, 2024)["w-1"].url_key
    assert registry.resolve(key) and not links(registry, 2024)["w-1"].opted_out

    registry.opt_out("w-1")
    registry.opt_out("w-1")
    registry.make_links(2025, COMPANIES)

    for year in (2024, 2025):
        assert {subject for subject, link in links(registry, year).items() if link.opted_out} == {"w-1"}
    found = registry.resolve(key)
    assert found is not None and found.opted_out
    assert registry.share(key, timedelta(days=1)) is None
    registry.opt_out("w-without-links")
    assert registry.opted_out() == {"w-1", "w-without-links"}
    registry.opt_in("w-1")
    found = registry.resolve(key)
    assert found is not None and not found.opted_out
    assert registry.opted_out() == {"w-without-links"}


def test_a_share_link_ends(registry: Registry, clock: Clock) -> None:
    """At its second; the page's own short link has no end."""
    registry.make_links(2025, COMPANIES)
    link = links(registry)["w-1"]
    shared = registry.share(link.url_key, timedelta(hours=2))

    assert shared is not None and shared.expires_at == NOW + timedelta(hours=2)
    assert registry.resolve(shared.short) is None
    assert registry.links_of_subject("w-1") == [link]
    clock.pass_by(seconds=7199)
    assert registry.resolve_short(shared.short) is not None
    clock.pass_by(seconds=1)
    assert registry.resolve_short(shared.short) is None
    assert registry.resolve_short(link.short) == link


def test_a_share_has_an_address_of_its_own_that_ends_with_it(registry: Registry, clock: Clock) -> None:
    """The company's name and a hundred random bits that say nothing of the page's own; asked before its end or not."""
    registry.make_links(2025, COMPANIES)
    link = links(registry)["w-1"]
    shared = registry.share(link.url_key, timedelta(hours=2))
    assert shared is not None
    to = registry.resolve_short(shared.short)

    assert to is not None and to == replace(link, url_key=to.url_key, ends_at=shared.expires_at)
    assert re.fullmatch(r"cafe-muller-sohne-[0-9a-hjkmnp-tv-z]{20}", to.url_key)
    assert to.url_key.rpartition("-")[2] not in (link.url_key.rpartition("-")[2], link.short)
    assert registry.resolve(to.url_key) == registry.resolve(to.url_key) == to
    clock.pass_by(seconds=7199)
    assert registry.resolve(to.url_key) == to
    clock.pass_by(seconds=1)
    assert registry.resolve(to.url_key) is None
    assert registry.resolve(link.url_key) == link


def test_only_the_whole_address_of_a_share_is_one(registry: Registry) -> None:
    """Under another name, or made of the short link that has no end, it is unknown."""
    registry.make_links(2025, COMPANIES)
    link = links(registry)["w-1"]
    shared = registry.share(link.url_key, timedelta(hours=2))
    assert shared is not None
    slug = link.url_key.rpartition("-")[0]

    for key in (f"acme-{shared.short}", f"-{shared.short}", shared.short, f"{slug}-{link.short}", f"{slug}-"):
        assert registry.resolve(key) is None, key
    assert registry.resolve(f"{slug}-{shared.short}") is not None


def test_what_was_shared_cannot_be_prolonged(registry: Registry, clock: Clock) -> None:
    """Whoever shares a shared page passes on the link that led there, with its end."""
    registry.make_links(2025, COMPANIES)
    shared = registry.share(links(registry)["w-1"].url_key, timedelta(hours=2))
    assert shared is not None
    to = registry.resolve_short(shared.short)
    assert to is not None
    clock.pass_by(minutes=119)

    assert registry.share(to.url_key, timedelta(days=30)) == shared
    clock.pass_by(minutes=1)
    assert registry.share(to.url_key, timedelta(days=30)) is None


def test_share_links_do_not_pile_up(registry: Registry, registry_url: str, clock: Clock) -> None:
    """Whoever asks a thousand times in two weeks gets the few that live at least half as long as was asked for."""
    registry.make_links(2025, {"w-1": "Acme"})
    key = links(registry)["w-1"].url_key
    given = []
    for _ in range(1000):
        shared = registry.share(key, timedelta(days=2))
        assert shared is not None
        assert timedelta(days=1) <= shared.expires_at - clock() <= timedelta(days=2)
        given.append(shared.short)
        clock.pass_by(minutes=20)

    assert len(set(given)) == 14
    assert everything_in(registry_url).count("'w-1'") == 1
    assert sum(registry.resolve_short(short) is not None for short in set(given)) <= 2
    assert everything_in(registry_url).count(repr(key)) <= 4  # the link, its short form, two that still live
    longer = registry.share(key, timedelta(days=30))
    assert longer is not None and longer.expires_at == clock() + timedelta(days=30)
    shorter = registry.share(key, timedelta(hours=1))
    assert shorter is not None and shorter.expires_at == clock() + timedelta(hours=1)


def test_nothing_is_shared_that_is_not_there(registry: Registry) -> None:
    """An unknown key shares nothing."""
    assert registry.share("acme-00000000000000000000", timedelta(days=1)) is None


# ---- Names


@pytest.mark.parametrize(
    ("company", "expected"),
    [
        ("Café Müller & Söhne", "cafe-muller-sohne"),
        ("Straße 7 GmbH", "strasse-7-gmbh"),
        ("Łódź Æther Œuvre Ørsted", "lodz-aether-oeuvre-orsted"),
        ("  ACME™ (Ltd.)  ", "acmetm-ltd"),
        ("İstanbul", "istanbul"),
        ("Ångström № 5", "angstrom-no-5"),
        ("ﬁne ＡＢＣ", "fine-abc"),
        ("株式会社ヨーヨー", "wrapped"),
        ("Яндекс 2025", "2025"),
        ("مرحبا", "wrapped"),
        ("🚀🚀", "wrapped"),
        ("../../etc/passwd", "etc-passwd"),
        ("<script>", "script"),
        ("", "wrapped"),
        (None, "wrapped"),
        ("Department of Extremely Long Names and Sons Limited", "department-of-extremely-long-names-and"),
        ("x" * 60, "x" * 40),
        ("a-" + "x" * 60, "a-" + "x" * 38),
    ],
)
def test_an_address_begins_with_what_can_be_read_of_the_name(company: str | None, expected: str) -> None:
    """Plain letters and digits, at most forty, cut between words where there are any."""
    assert slug(company) == expected


@given(company=st.text(max_size=80), random=st.binary(min_size=20, max_size=20))
def test_any_name_in_any_script_makes_an_address(company: str, random: bytes) -> None:
    """Nothing in it needs escaping in a URL, and what is random is never cut."""
    key = url_key(company, lambda count: random)

    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-[0-9a-z]{20}", key)
    assert len(key) <= 61


def test_the_random_part_has_a_hundred_bits() -> None:
    """Thirty-two characters, each as likely as the others, for each of the twenty places."""
    keys = [url_key("x", lambda count, each=byte: bytes([each] * count)) for byte in range(256)]  # type: ignore[misc]
    seen = [Counter(letters) for letters in zip(*(key.removeprefix("x-") for key in keys), strict=True)]

    assert [sorted(letters.values()) for letters in seen] == [[8] * 32] * 20
    assert len({url_key("x") for _ in range(1000)}) == 1000


# ---- Tokens


def test_each_customer_has_one_token_for_an_edition(registry: Registry) -> None:
    """Issuing again gives nothing new; a new customer gets its own; its text can be made again and is valid."""
    authority = Authority(SECRET, registry, Clock())
    first = edition_tokens.issue(registry, 2025, COMPANIES, NOW)
    again = edition_tokens.issue(registry, 2025, COMPANIES, NOW + timedelta(days=1))
    one_more = edition_tokens.issue(registry, 2025, COMPANIES | {"w-4": "Delta"}, NOW)

    assert first == edition_tokens.IssueReport(customers=3, new_links=3, new_tokens=3, revoked_links=0)
    assert again == edition_tokens.IssueReport(customers=3, new_links=0, new_tokens=0, revoked_links=0)
    assert one_more == edition_tokens.IssueReport(customers=4, new_links=1, new_tokens=1, revoked_links=0)
    for subject, record in registry.tokens_of_edition(2025).items():
        found = authority.verify(authority.text_of(record.grant, record.issued_at))
        assert found == record.grant and record.subject == subject and record.year == 2025
        scope = found.scope_for("wrapped_pipe_stats_summary")
        assert scope is not None and scope.fixed_params == {"wrapped_id": subject, "year": "2025"}
        assert found.name == f"wrapped-2025-{subject}" and found.rps == 20


def test_no_name_of_a_company_breaks_an_edition(registry: Registry) -> None:
    """Empty, with what no database holds, in any script, or longer than any token: each has a link and a valid token."""
    names = [
        "",
        "\0",
        "a\0b",
        "x" * 100_000,
        "\u202etfel-ot-thgir",
        "🚀" * 500,
        "'; drop table registry_links; --",
    ]
    companies = {f"w-{number}": name for number, name in enumerate(names)}
    authority = Authority(SECRET, registry, Clock())

    assert edition_tokens.issue(registry, 2025, companies, NOW).new_tokens == len(names)
    assert edition_tokens.issue(registry, 2025, companies, NOW).new_tokens == 0

    found = {
        subject: authority.verify(authority.text_of(each.grant, each.issued_at)).company.get("name")
        for subject, each in registry.tokens_of_edition(2025).items()
    }
    shown = [None, None, "a b", "x" * 199 + "…", "tfel-ot-thgir", "🚀" * 199 + "…", names[6]]
    assert found == dict(zip(companies, shown, strict=True))
    assert [link.company for link in links(registry).values()] == shown


def test_a_token_that_is_over_or_revoked_is_replaced(registry: Registry, clock: Clock) -> None:
    """One each, and only for who needs it."""
    edition_tokens.issue(registry, 2025, COMPANIES, NOW)
    before = registry.tokens_of_edition(2025)
    registry.revoke(str(before["w-1"].grant.jti))
    assert edition_tokens.issue(registry, 2025, COMPANIES, NOW).new_tokens == 1
    assert edition_tokens.issue(registry, 2025, COMPANIES, NOW).new_tokens == 0

    edition_tokens.issue(registry, 2024, COMPANIES, NOW)
    clock.pass_by(days=400)
    assert edition_tokens.issue(registry, 2025, COMPANIES, clock()).new_tokens == 3
    assert len(registry.tokens_of_edition(2024)) == 3
    assert edition_tokens.issue(registry, 2025, COMPANIES, clock()).new_tokens == 0
    assert registry.revoked(str(before["w-2"].grant.jti))


def test_a_token_is_revoked_by_its_id_or_its_name(registry: Registry) -> None:
    """By a name all of that name; others stay; what is called nothing is told."""
    authority = Authority(SECRET, registry, Clock())
    one, two, other = (
        authority.issue(grant(jti, name=name)) for jti, name in (("a", "ops"), ("b", "ops"), ("c", "x"))
    )
    for token in (one, two, other):
        authority.verify(token)

    assert registry.revoke("a") == ["token a"]
    assert refused(authority, one) == "revoked"
    authority.verify(two)
    assert registry.revoke("ops") == ["token b"]
    assert refused(authority, two) == "revoked"
    assert authority.verify(other).jti == "c"
    assert registry.revoke("ops") == []
    with pytest.raises(NoSuchToken, match=r"'nobody'[\s\S]+Next: `\S*wrapped token list --all`"):
        registry.revoke("nobody")


def test_rotating_ends_every_token_and_no_link(registry: Registry) -> None:
    """JWT and static; links go on, and each customer is given another token."""
    authority = Authority(SECRET, registry, Clock())
    edition_tokens.issue(registry, 2025, COMPANIES, NOW)
    records = registry.tokens_of_edition(2025)
    tokens = [authority.text_of(each.grant, each.issued_at) for each in records.values()]
    tokens += [authority.issue(grant("a")), authority.issue(grant("b", expires_at=None), static=True)]
    expired = authority.issue(grant("c", expires_at=NOW - timedelta(days=1)))
    for token in tokens:
        authority.verify(token)
    before = links(registry)
    registry.record(grant("z"), NOW)
    registry.revoke("z")

    assert registry.rotate() == 5  # neither the expired one nor the revoked one

    assert [refused(authority, token) for token in tokens] == ["forged"] * 4 + ["revoked"]
    assert refused(authority, expired) == "forged"
    assert links(registry) == before and registry.resolve(before["w-1"].url_key) == before["w-1"]
    # Made again from what is left of them, they are still refused.
    texts = [authority.text_of(each.grant, each.issued_at) for each in records.values()]
    assert [refused(authority, token) for token in texts] == ["revoked"] * 3
    assert edition_tokens.issue(registry, 2025, COMPANIES, NOW).new_tokens == 3
    assert authority.verify(authority.issue(grant("d"))).jti == "d"


def test_no_text_of_a_token_is_kept(registry: Registry, registry_url: str) -> None:
    """The database holds digests and claims: whoever reads it cannot ask the API anything."""
    authority = Authority(SECRET, registry, Clock())
    issued = [authority.issue(grant("a")), authority.issue(grant("b", expires_at=None), static=True)]
    held = everything_in(registry_url)

    for token in issued:
        assert token not in held and token.rpartition(".")[2] not in held
        assert token.removeprefix("wr_") not in held
    assert SECRET.decode() not in held
    forger = Authority(registry.signing_salt(), registry, Clock())
    assert refused(authority, forger.issue(grant("c"))) == "forged"


# ---- What a process remembers


def test_a_token_revoked_by_another_process_is_refused_within_half_a_second(registry_url: str) -> None:
    """Not asked before it is due, and always asked then; what becomes of links is seen at once."""
    seconds = [0.0]
    with (
        Registry.open(registry_url) as other,
        Registry(Database(registry_url), monotonic=lambda: seconds[0]) as here,
    ):
        other.make_links(2025, COMPANIES)
        found = links(other)
        other.record(grant("a"), NOW)
        other.record(grant("static"), NOW, b"digest")
        for link in found.values():
            assert here.resolve(link.url_key) == link
        assert not here.revoked("a") and here.static_grant(b"digest") and here.revoked("never issued")
        salt = here.signing_salt()
        other.revoke("a")
        other.revoke(found["w-1"].url_key)
        other.opt_out("w-2")
        other.make_links(2025, {"w-3": "Gamma"})
        other.rotate()
        other.record(grant("never issued"), NOW)

        seconds[0] = 0.499
        assert not here.revoked("a") and here.signing_salt() == salt and not here.revoked("never issued")
        assert here.resolve(found["w-1"].url_key) is None
        opted, renamed = (here.resolve(found[subject].url_key) for subject in ("w-2", "w-3"))
        assert opted and opted.opted_out and renamed and renamed.company == "Gamma"
        seconds[0] = 0.5
        assert here.revoked("a") and here.signing_salt() != salt


def test_a_process_of_an_earlier_version_is_told_of_whatever_is_taken_away(registry: Registry) -> None:
    """It remembers what it read until the count of changes is another one."""

    def changes() -> int:
        with registry._database.reading() as connection:
            return int(connection.execute(text("select changes from registry_state")).scalar_one())

    registry.make_links(2025, COMPANIES)
    registry.record(grant("a"), NOW)
    registry.record(grant("b"), NOW)
    before = changes()
    for change in (
        lambda: registry.revoke_token("a"),
        lambda: registry.record(grant("c"), NOW, None, "b"),
        lambda: registry.revoke(links(registry)["w-1"].url_key),
        lambda: registry.opt_out("w-2"),
        lambda: registry.opt_in("w-2"),
        lambda: registry.make_links(2025, {"w-3": "Gamma"}),
        lambda: registry.rotate(),
    ):
        change()
        assert changes() > before
        before = changes()


def test_of_two_that_replace_a_token_at_once_one_does(registry_url: str, registry: Registry) -> None:
    """It has one successor, and who came second is told that there is none to replace."""
    registry.record(grant("old"), NOW)
    ready = Barrier(2)

    def replaced(jti: str) -> str:
        with Registry.open(registry_url) as mine:
            ready.wait()
            try:
                mine.record(grant(jti), NOW, None, "old")
            except NoSuchToken:
                return "none"
            return jti

    with ThreadPoolExecutor(2) as threads:
        found = sorted(threads.map(replaced, ("a", "b")))
    counting = {each.grant.jti for each in registry.tokens() if each.revoked_at is None}
    assert found in (["a", "none"], ["b", "none"])
    assert counting == {found[0]}


def test_the_first_token_after_a_rotation_is_accepted_at_once(
    registry_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a process that does not know of the rotation yet; forged tokens cannot make it ask each time."""
    seconds = [0.0]
    asked: list[float] = []
    with (
        Registry.open(registry_url) as other,
        Registry(Database(registry_url), monotonic=lambda: seconds[0]) as here,
    ):
        authority = Authority(SECRET, here, Clock())
        before = Authority(SECRET, other, Clock()).issue(grant("before"))
        assert authority.verify(before).jti == "before"
        other.rotate()
        token = Authority(SECRET, other, Clock()).issue(grant("a"))
        seconds[0] = 0.1
        assert authority.verify(token).jti == "a"
        assert refused(authority, before) == "forged"

        forged = Authority(b"x" * 32, other, Clock()).issue(grant("b"))
        reading = here._database.reading

        def counted() -> AbstractContextManager[Connection]:
            asked.append(seconds[0])
            return reading()

        monkeypatch.setattr(here._database, "reading", counted)
        for hundredth in range(100):
            seconds[0] = 1 + hundredth / 1000
            assert refused(authority, forged) == "forged"
        assert 1 <= len(asked) <= 3


def test_what_is_remembered_is_bounded(registry: Registry) -> None:
    """And nothing is lost with what is forgotten."""
    registry.record(grant("a"), NOW)
    for number in range(50_000):
        registry._recently(number, lambda: True)

    assert len(registry._answers) <= 20_000
    assert not registry.revoked("a")


# ---- The database


def test_a_registry_of_a_newer_version_is_refused(registry: Registry, registry_url: str) -> None:
    """And left as it is; of the same version it is opened."""
    Registry.open(registry_url).close()
    engine = create_engine(make_url(registry_url.replace("postgresql:", "postgresql+psycopg:")))
    with engine.begin() as connection:
        connection.execute(text("update registry_schema set version = 2"))
    engine.dispose()

    with pytest.raises(
        RegistryNewer, match=r"version 2; this installation knows version 1[\s\S]+Next: update"
    ):
        Registry.open(registry_url)


def test_what_fails_halfway_leaves_nothing(registry_url: str, clock: Clock) -> None:
    """A transaction is whole or was not: a link without its short form is none."""
    drawn: list[int] = []

    def breaks_at_the_short_link(count: int) -> bytes:
        drawn.append(count)
        if count == 14:
            raise OSError("no randomness left")
        return bytes(count)

    with Registry(Database(registry_url), clock, draw=breaks_at_the_short_link) as registry:
        with pytest.raises(OSError, match="randomness"):
            registry.make_links(2025, {"w-1": "Acme"})
        assert registry.links_of_edition(2025) == [] and drawn == [32, 20, 14]
    assert "acme" not in everything_in(registry_url)


def test_many_customers_are_given_theirs_in_pieces(registry: Registry) -> None:
    """More than one transaction holds, each customer once."""
    many = {f"w-{number:04}": f"Company {number}" for number in range(1201)}

    report = edition_tokens.issue(registry, 2025, many, NOW)
    assert (report.new_links, report.new_tokens) == (1201, 1201)
    assert len(links(registry)) == len(registry.tokens_of_edition(2025)) == 1201


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It holds the addresses of every page."""
    path = tmp_path / "new" / "with space" / "registry.db"
    with Registry.open(f"sqlite:///{path}".replace(" ", "%20")) as registry:
        registry.make_links(2025, COMPANIES)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}

    assert modes["registry.db"] == 0o600 and set(modes.values()) == {0o600}
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://wrapped:p%40ssw0rd@127.0.0.1:1/registry",
        "sqlite:////proc/nobody/writes/here.db",
    ],
)
def test_a_database_that_cannot_be_used_says_so_without_its_password(url: str) -> None:
    """What failed, what was seen, what to do next."""
    with pytest.raises(
        RegistryUnavailable, match=r"could not be used[\s\S]+What was seen[\s\S]+Next: "
    ) as error:
        Registry.open(url)

    assert "p%40ssw0rd" not in str(error.value) and "p@ssw0rd" not in str(error.value)
    assert isinstance(error.value, RegistryError)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """And not overwritten."""
    (tmp_path / "registry.db").write_text("my notes " * 200)

    with pytest.raises(RegistryUnavailable, match="not a database"):
        Registry.open(f"sqlite:///{tmp_path / 'registry.db'}")
    assert (tmp_path / "registry.db").read_text().startswith("my notes")
