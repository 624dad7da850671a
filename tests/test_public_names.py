"""What of a name from outside may be shown: no e-mail address however it is spelled, and no more than can be read."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.year_documents import longest, made
from wrapped_assets.access.registry import Registry
from wrapped_assets.access.registry.tables import links
from wrapped_assets.assets.edition_tokens import edition_grant
from wrapped_assets.products.usage import USAGE
from wrapped_assets.serving.cards.card_layout import SIZES, card, names
from wrapped_assets.serving.pages.theme import default_theme
from wrapped_assets.slides.glyphs import shared_fonts
from wrapped_assets.text.public_names import LONGEST, public_company, public_name

LOCALS = st.one_of(
    st.sampled_from(["ana", "o'brien", '"ana maria"', '"a@b"', r'"a\"b"', "ana\u200b", "an\u00ada", "ｍｅ", "जॉन", "a\0na", r"a\@b", "a!#$%&*+-/=?^_`{|}~b", "❤"]),
    st.from_regex(r"[a-z0-9._+-]{1,70}", fullmatch=True),
)  # fmt: skip
WRITTEN = (
    "@", "@@", "\uff20", "\ufe6b", "\U000e0040", "%40", "%EF%BC%A0", "=40", "=EF=BC=A0", "%u0040", r"\u0040", r"\u{40}", r"\x40", "&#64;", "&#x40;",
    "&#064", "&commat;",
)  # fmt: skip
ENCODERS: tuple[Callable[[str], str], ...] = (quote, escape)
UNSEEN = st.sampled_from(
    ["", "\u200b", "\u2060", "\x1f", "\u200a", "\u00a0", "\u3000", "\u3164", "\U000e0001", "\u061c"]
)
HOSTS = st.one_of(
    st.sampled_from(
        ["example.com", "exa\u0301mple.com", "उदाहरण.भारत", "例え.テスト", "münchen.example", "xn--e1afmkfd.example", "localhost", "[127.0.0.1]",
         "[IPv6:2001:db8::1]", "127.0.0.1", "example。com", "exam\u00adple.com", "i❤.ws", "a.b@c.example", "example.com.", "2130706433", "0x7f000001"]
    ),
    st.from_regex(r"[a-z][a-z0-9-]{3,20}[a-z0-9](\.[a-z]{2,10}){0,3}", fullmatch=True),
)  # fmt: skip
AROUND = st.sampled_from(["", " ", "(", "<", "mailto:", "data of ", "'s data", ",", " - ", ">", '"', "; "])
# What may stand right before or after the sign, or around the host.
BESIDE = st.sampled_from(
    ["", "", ",", ":", ")", ">", "]", "'", "’", '"', "<", "(x)", "(x y)", "/", "?", "\\"]
)


@st.composite
def signs(draw: st.DrawFn) -> str:
    """An at sign as some program writes it, encoded up to three times more."""
    sign = draw(st.sampled_from(WRITTEN))
    for encode in draw(st.lists(st.sampled_from(ENCODERS), max_size=3)):
        sign = encode(sign)
    return draw(UNSEEN) + sign + draw(UNSEEN)


@settings(deadline=None)
@given(AROUND, LOCALS, BESIDE, signs(), BESIDE, HOSTS, AROUND)
@example("", '"ana maria', "", "@", "", "localhost", "")
def test_no_spelling_of_an_address_is_shown(
    before: str, local: str, beside: str, sign: str, behind: str, host: str, after: str
) -> None:
    """Nothing of a name in which one stands is left; a company has no name then."""
    name = f"{before}{local}{beside}{sign}{behind}{host}{after}"

    assert public_name(name) == "someone"
    assert public_company(name) is None


@pytest.mark.parametrize(
    "spelled",
    ["ana @ example.com", "ana(home)@example.com", "ana @ (home) example.com!", "x ana@b@c.com y", "@ana@social.example", "ana@(x)localhost",
     "ana%" + "25" * 900 + "40example.com", "C@fé", "10@home sale", "v@2"],
)  # fmt: skip
def test_what_may_be_an_address_is_hidden(spelled: str) -> None:
    """`C@fé` cannot be told from `root@localhost`, nor `v@2` from a host that is a number: a name too few is better than an address too many."""
    assert public_name(spelled) == "someone"


@pytest.mark.parametrize(
    "name", ["AT&T", "user @ night", "@handle", "p99 @ home, v 2", "50 % @ 40", "me @", 'say "@handle"', "100%", "&commat", "Sale @", "a=4", r"C:\new"]
)  # fmt: skip
def test_an_at_sign_that_nothing_can_be_sent_to_is_part_of_the_name(name: str) -> None:
    """Room beside it and no dotted name behind, or nothing in front."""
    assert public_name(name) == name
    assert public_company(name) == name


@settings(deadline=None)
@given(st.text())
def test_other_names_are_shown_as_they_are(name: str) -> None:
    """Whatever has no sign of an address in it and can be read in one go."""
    plain = re.sub(r"[@\uff20\ufe6b\U000e0040%&=\\]", "", name)[:LONGEST]
    assert public_name(plain) == plain


@settings(deadline=None)
@given(st.text(st.sampled_from('a"@(). \\[%40&\u0301\u200d👩'), max_size=3000))
@example('"a' * 10_000)
@example("a@" * 10_000)
@example('a"' * 900 + "@" * 200)
@example("a @" * 700)
@example("&" + "amp;" * 499)
@example("%" + "25" * 999)
@example("a" + "\u0301" * 20_000)
def test_a_name_is_cut_where_nobody_reads_on(name: str) -> None:
    """Whatever it consists of, in a blink."""
    started = time.thread_time()
    assert len(public_name(name)) <= LONGEST
    assert len(public_company(name) or "") <= LONGEST
    assert time.thread_time() - started < 0.5


def test_a_name_is_cut_between_letters_that_are_joined() -> None:
    """No emoji and no letter loses a part."""
    assert public_name("👩‍💻" * 200) == "👩‍💻" * 66 + "…"
    assert public_name("x" * 20_000) == "x" * 199 + "…"


def test_cards_of_a_name_of_20000_characters_are_laid_out_in_a_blink() -> None:
    """Such a name kept a worker busy for seconds, and everybody else waiting."""
    name = "प्र" * 7_000
    story = USAGE.tell(longest(name), name)
    fonts = shared_fonts()
    card(story, "summary", "1080x1920", default_theme(), fonts)  # opens the fonts
    started = time.thread_time()
    for each in names(story):
        for size in SIZES:
            card(story, each, size, default_theme(), fonts)
    assert len(story.company) <= LONGEST
    assert time.thread_time() - started < 3


@pytest.mark.parametrize("name", ["ana@example.com", "Ana's (ana%40example.com)", "root@localhost"])
def test_a_company_named_by_an_address_is_told_as_one_without_a_name(name: str, tmp_path: Path) -> None:
    """On the page, in its address, in the registry and in the token; also where an older version stored the name."""
    with Registry.open(f"sqlite:///{tmp_path / 'registry.db'}") as registry:
        registry.make_links(2025, {"someone": name, "else": "Acme"})
        (link,) = registry.links_of_subject("someone")
        (other,) = registry.links_of_subject("else")
        assert (link.company, link.url_key[:8]) == (None, "wrapped-")
        with registry._database.writing() as connection:
            connection.execute(links.update().where(links.c.subject == "else").values(company=name))
        assert [each.company for each in registry.links_of_subject("else")] == [None]
        assert other.company == "Acme"

    assert edition_grant("883065d6", name, 2025, datetime(2026, 1, 1, tzinfo=UTC)).company == {}
    assert USAGE.tell(made({}), name).company == "Your team"
