"""What the addresses of pages answer, and what no byte of an answer may hold."""

import gzip
import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.responses import Response

from tests import year_documents
from tests.pages_server import SUBJECTS
from wrapped_assets.products.usage import USAGE
from wrapped_assets.serving.pages.static_files import FOLDER, static_files, static_path
from wrapped_assets.serving.site import Site, Subject
from wrapped_assets.slides import fitting
from wrapped_assets.slides.comparisons import THINGS
from wrapped_assets.slides.markup import el, join

ACME = SUBJECTS["acme"]
KEY = "acme-logistics-6f1d0c9a2b7e4f58a1c3d5e7"


def ask(path: str, subject: Subject | None = ACME, headers: dict[str, str] | None = None) -> Response:
    return Site("https://wrapped.example.com").answer(path, subject, headers or {})


def test_the_story_of_an_operators_document_gives_away_no_identity() -> None:
    """Only the fields that are published."""
    told = Site("https://o").answer("/wrapped/k/story.json", Subject(year_documents.rich(), "Acme"), {})

    assert year_documents.WRAPPED_ID not in bytes(told.body).decode()
    assert "wrapped_id" not in json.loads(bytes(told.body))["document"]


def test_no_character_that_html_may_not_hold_is_on_a_page() -> None:
    """Nor in an attribute."""
    assert el("p", "a\x00b\x0bc\ufffe\t", title="\x1fx") == '<p title="x">abc\t</p>'


def test_the_page_is_found_by_its_key_and_nothing_about_it_may_be_kept_or_listed() -> None:
    """noindex, no referrer, and asked for anew each time."""
    reply = ask(f"/wrapped/{KEY}")

    assert reply.status_code == 200
    assert reply.headers["x-robots-tag"] == "noindex, nofollow"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert reply.headers["cache-control"] == "private, no-cache"
    assert b'<meta name="robots" content="noindex, nofollow">' in reply.body


def test_the_policy_allows_this_origin_and_this_one_style() -> None:
    """No inline script, no style attribute, no event handler; the style's hash is the style's."""
    reply = ask(f"/wrapped/{KEY}")
    policy, page = reply.headers["content-security-policy"], bytes(reply.body).decode()

    style = re.search(r"<style>(.*?)</style>", page, re.S)
    assert style is not None
    assert f"'sha256-{b64encode(sha256(style[1].encode()).digest()).decode()}'" in policy
    assert "unsafe" not in policy and "*" not in policy and "default-src 'none'" in policy
    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assert re.findall(r"<[^>]* (?:style|on\w+)=", page.replace(style[0], "")) == []


def test_everything_the_page_names_is_on_its_own_origin() -> None:
    """Only the address for others to open is absolute, and it is this one."""
    page = bytes(ask(f"/wrapped/{KEY}").body).decode()
    addresses = re.findall(r'(?:src|href|content)="((?:https?:)?//[^"]*)"', page)

    assert {address.split("/wrapped/")[0] for address in addresses} == {"https://wrapped.example.com"}


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "/story.json",
        "/story.png",
        "/cards/summary-1200x630.png",
        "/cards/requests-1080x1920.jpg",
        "/nothing",
    ],
)
def test_without_a_subject_every_address_answers_the_same_404(rest: str) -> None:
    """Unknown, withdrawn and never published cannot be told apart, by page or by card."""
    reply, other = ask(f"/wrapped/{KEY}{rest}", None), ask("/wrapped/somebody-else", None)

    assert (reply.status_code, reply.body, dict(reply.headers)) == (404, other.body, dict(other.headers))


@pytest.mark.parametrize(
    "rest",
    [
        "/cards/requests-9x9.png",
        "/cards/nobody-1200x630.png",
        "/cards/opening-1200x630.png",
        "/cards/summary-1200x630.gif",
        "/cards/../story.json",
        "/x",
    ],
)
def test_what_a_page_does_not_have_is_not_found(rest: str) -> None:
    """No card of an unknown size, name or form, and no way around."""
    assert ask(f"/wrapped/{KEY}{rest}").status_code == 404


@given(st.text(min_size=1))
@example("X")
@example("il")
@example("🚀")
def test_every_name_has_a_size(name: str) -> None:
    """However short or long, the class that says how wide it is stands in the style sheet."""
    classes = [fitting.broken(name, 4)[0], fitting.name(name), fitting.one_line(name)]
    assert {f".{each.split()[0]}{{" in fitting.css() for each in classes} == {True}


def test_no_internal_identity_and_no_address_of_a_person_is_in_any_answer() -> None:
    """Names with e-mail addresses have lost them in the document; the page adds nothing of its own."""
    document = year_documents.longest("data of ana@example.com")
    for rest in ("", "/story.json"):
        body = bytes(ask(f"/wrapped/{KEY}{rest}", Subject(document, "Ana & Co")).body).decode()
        assert not re.search(r"[\w.]+@[\w-]+\.\w+", body)
        assert not re.search(
            r"organization_id|workspace_id|pipe_id|duckdb://|clickhouse://|Bearer|token", body
        )


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "a & b 'c' \"d\"",
        "]]>",
        "{{7*7}}",
        "\u202egnp.exe",
    ],
)
def test_a_name_is_text_whatever_it_looks_like(name: str) -> None:
    """Company, workspace, pipe and data source names come from outside."""
    page = bytes(ask(f"/wrapped/{KEY}", Subject(year_documents.longest(name), name)).body).decode()
    tags = _Tags()
    tags.feed(page)

    assert tags.scripts == ["src"]
    assert "onerror" not in tags.attributes
    assert "img" not in tags.names or tags.names.count("img") == 1


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: set[str] = set()
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag == "script":
            self.scripts += [name for name, _ in attrs if name == "src"] or ["inline"]


def test_a_shared_link_shows_the_customers_own_card() -> None:
    """og:image is a PNG of this customer at this origin, with its size and words."""
    page = bytes(ask(f"/wrapped/{KEY}").body).decode()
    image = re.search(r'property="og:image" content="https://wrapped.example.com([^"]*)"', page)
    assert image is not None

    reply = ask(image[1])

    assert (reply.status_code, reply.headers["content-type"]) == (200, "image/png")
    assert 'property="og:image:width" content="1200"' in page
    assert re.search(r'property="og:image:alt" content="Acme Logistics: 2025 wrapped\. [^"]*12,495,011', page)


def test_text_is_compressed_for_whoever_takes_it() -> None:
    """And is the same text."""
    plain, zipped = ask(f"/wrapped/{KEY}"), ask(f"/wrapped/{KEY}", headers={"accept-encoding": "gzip, br"})

    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body
    assert len(zipped.body) < len(plain.body) / 2


def test_static_files_are_kept_for_ever_under_the_digest_of_all() -> None:
    """An old digest finds nothing, so no release mixes with another."""
    reply = ask(f"{static_path()}/deck.js", None)

    assert reply.body == (FOLDER / "deck.js").read_bytes()
    assert "immutable" in reply.headers["cache-control"]
    assert ask("/static/000000000000/deck.js", None).status_code == 404
    assert ask(f"{static_path()}/../theme.toml", None).status_code == 404


def test_every_script_the_page_preloads_is_there_and_no_other() -> None:
    """A module that is imported and not preloaded costs a round trip."""
    page = bytes(ask(f"/wrapped/{KEY}").body).decode()
    preloaded = set(re.findall(r'rel="modulepreload" href="[^"]*/([^"/]+)"', page))

    assert preloaded == {name for name in static_files() if name.endswith(".js")}


def test_the_story_for_programs_says_what_the_slides_say() -> None:
    """The same words, the document itself, and addresses of the cards."""
    told = json.loads(bytes(ask(f"/wrapped/{KEY}/story.json").body))
    story = USAGE.tell(ACME.document, ACME.name)

    assert [moment["figure"] for moment in told["moments"]] == [moment.figure for moment in story.moments]
    assert told["document"]["requests"]["total"] == ACME.document.requests.total
    assert (
        told["card"]["1200x630.png"]
        == f"https://wrapped.example.com/wrapped/{KEY}/cards/summary-1200x630.png"
    )
    assert told["moments"][0]["card"] is None


def test_a_card_that_did_not_change_has_the_same_tag() -> None:
    """Another document has another."""
    first, again = (ask(f"/wrapped/{KEY}/story.png").headers["etag"] for _ in range(2))

    assert first == again != ask(f"/wrapped/{KEY}/story.png", SUBJECTS["bare"]).headers["etag"]


def test_the_sources_of_all_comparisons_are_listed() -> None:
    """Each with its value."""
    page = bytes(ask("/wrapped/about/comparisons", None).body).decode()

    assert all(f"{thing.value:,}" in page for thing in THINGS)


def test_the_page_is_the_same_bytes_each_time() -> None:
    """Nothing in it depends on the clock or on chance."""
    assert ask(f"/wrapped/{KEY}").body == ask(f"/wrapped/{KEY}").body


def test_no_committed_file_of_the_pages_is_over_a_megabyte() -> None:
    """Fonts were cut down to that."""
    folder = Path(FOLDER).parent
    assert [
        path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 1_000_000
    ] == []


def test_markup_escapes_what_is_not_markup() -> None:
    """Attributes and text, once."""
    assert el("p", "a<b", el("b", "&"), title='"x"') == '<p title="&quot;x&quot;">a&lt;b<b>&amp;</b></p>'
    assert join("<", None, el("br")) == "&lt;<br>"
