"""What of a name from outside may be shown: no e-mail address however it is spelled, and no more than can be read."""

import re
import time
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

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
    st.sampled_from(["ana", "o'brien", '"ana maria"', '"a@b"', r'"a\"b"', "ana\u200b", "an\u00ada", "ｍｅ", "जॉन", "a\0na", r"a\@b", "a!#$%&*+-/=?^_`{|}~b"]),
    st.from_regex(r"[a-z0-9._+-]{1,70}", fullmatch=True),
)  # fmt: skip
SIGNS = st.sampled_from(
    ["@", "@@", "%40", "%2540", "\uff20", "\ufe6b", "&#64;", "&#x40;", "\u200b@", "@\u2060", "\x1f@"]
)
HOSTS = st.one_of(
    st.sampled_from(
        ["example.com", "exa\u0301mple.com", "उदाहरण.भारत", "例え.テスト", "münchen.example", "xn--e1afmkfd.example", "localhost", "[127.0.0.1]",
         "[IPv6:2001:db8::1]", "127.0.0.1", "example。com", "exam\u00adple.com", "i❤.ws", "a.b@c.example", "example.com."]
    ),
    st.from_regex(r"[a-z][a-z0-9-]{3,20}[a-z0-9](\.[a-z]{2,10}){0,3}", fullmatch=True),
)  # fmt: skip
AROUND = st.sampled_from(["", " ", "(", "<", "mailto:", "data of ", "'s data", ",", " - ", ">", '"', "; "])


def read_by_a_program(name: str) -> str:
    """As a browser or a mail reader has it: nothing escaped, composed, without what is not seen."""
    unescaped = re.sub("%(25)*40|&#(64|x40);", "@", name)
    return "".join(c for c in unicodedata.normalize("NFKC", unescaped) if unicodedata.category(c) != "Cf")


@settings(deadline=None)
@given(AROUND, LOCALS, SIGNS, HOSTS, AROUND)
@example("", '"ana maria', "@", "localhost", "")
def test_no_spelling_of_an_address_is_shown(
    before: str, local: str, sign: str, host: str, after: str
) -> None:
    """Neither its name nor its host is left, nor anything else that a program could take for one; a company has no name then."""
    name = f"{before}{local}{sign}{host}{after}"

    assert not re.search(r'[^\s()<>,;:]@[^\s()<>,;:"]', read_by_a_program(public_name(name)))
    left = public_name(name).replace("someone", "", 1)
    assert len(left) < len(public_name(name))
    assert host not in left
    assert public_company(name) is None
    assert public_name(public_name(name)) == public_name(name)


@pytest.mark.parametrize(
    ("spelled", "shown"),
    [("ana @ example.com", "someone"), ("ana(home)@example.com", "someone"), ("ana @ (home) example.com!", "someone"),
     ("x ana@b@c.com y", "x someone y"), ("ana@example.com/feed", "someone/feed"), ("@ana@social.example", "@someone")],
)  # fmt: skip
def test_an_address_with_room_or_a_comment_around_its_sign_is_one(spelled: str, shown: str) -> None:
    """As a header may have it. Nothing around it goes with it."""
    assert public_name(spelled) == shown


@pytest.mark.parametrize(
    "name", ["AT&T", "user @ night", "@handle", "v@2", "p99 @ home, v@2", "50 % @ 40", "me @", 'say "@handle"', "100%", "&commat", "Sale @"]
)  # fmt: skip
def test_an_at_sign_that_nothing_can_be_sent_to_is_part_of_the_name(name: str) -> None:
    """Room beside it and no host with a dot, nothing in front, or a number alone behind it."""
    assert public_name(name) == name
    assert public_company(name) == name


@pytest.mark.parametrize(("name", "shown"), [("C@fé", "someone"), ("10@home sale", "someone sale")])
def test_what_looks_like_an_address_is_hidden_although_it_may_be_none(name: str, shown: str) -> None:
    """`C@fé` cannot be told from `root@localhost`: a name too few is better than an address too many."""
    assert public_name(name) == shown


@settings(deadline=None)
@given(st.text())
def test_other_names_are_shown_as_they_are(name: str) -> None:
    """Whatever has no sign of an address in it and can be read in one go."""
    plain = re.sub("[@\uff20\ufe6b%&]", "", name)[:LONGEST]
    assert public_name(plain) == plain


@settings(deadline=None)
@given(st.text(st.sampled_from('a"@(). \\[%40&\u0301\u200d👩'), max_size=3000))
@example('"a' * 10_000)
@example("a@" * 10_000)
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
