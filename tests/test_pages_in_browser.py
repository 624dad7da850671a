"""What the slideshow promises whoever opens the link, on five sizes of screen, in a real browser."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession

from tests import year_documents
from tests.browser import SIZES, Visit, chromium, instant, longest_tasks, visit
from tests.pages_server import SUBJECTS, serving
from wrapped_assets.products.usage import USAGE

pytestmark = pytest.mark.proof

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
HARD = [
    "marked",
    "burmese",
    "devanagari",
    "cjk",
    "emoji",
    "rockets",
    "longest",
    "x",
    "bare",
    "idle",
    "acme",
    "small",
    "fifteen",
]


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


# Fast.


def test_a_whole_visit_stays_under_150_kb_with_under_25_kb_of_script(origin: str, browser: Browser) -> None:
    """Every slide looked at, fonts and the card's picture included."""
    with visit(browser, f"{origin}/wrapped/acme") as seen:
        for _ in seen.walk():
            pass
        seen.page.wait_for_load_state("networkidle")
        sizes = {
            request.url: request.sizes() for request in seen.requests if not request.url.startswith("data:")
        }

    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes.values())
    scripts = sum(size["responseBodySize"] for url, size in sizes.items() if url.endswith(".js"))
    assert total < 150_000, {url: size["responseBodySize"] for url, size in sizes.items()}
    assert scripts < 25_000


@pytest.mark.parametrize("size", SIZES)
def test_nothing_shifts_from_opening_to_the_last_slide(origin: str, browser: Browser, size: str) -> None:
    """Layout shift is 0 while fonts arrive late, slides change and counters run."""
    with visit(browser, f"{origin}/wrapped/acme", size, motion=True, slow=True) as seen:
        for _ in seen.walk():
            pass
        assert seen.page.evaluate("window.shifts") == []


@pytest.mark.parametrize("size", SIZES)
def test_the_opening_stands_where_it_will_before_its_drawing_arrives(
    origin: str, browser: Browser, size: str
) -> None:
    """A slow line brings the page in pieces, and a slow machine paints between two of them."""
    places = """[...document.querySelectorAll('#opening .figure, #opening .whose')].map((it) => {
        const box = it.getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })"""
    with visit(browser, f"{origin}/wrapped/acme", size) as seen:
        seen.page.route("**/*.js", lambda route: route.abort())
        whole = seen.page.context.request.get(f"{origin}/wrapped/acme").text()
        found = []
        for text in (whole[: whole.index('class="art')].rpartition("<")[0], whole):
            seen.page.set_content(text)
            seen.page.evaluate("document.fonts.ready.then(() => true)")
            found.append(seen.page.evaluate(places))

    assert found[0] == found[1] and len(found[0]) == 2


def test_a_slide_of_words_alone_is_set_like_the_others(origin: str, browser: Browser) -> None:
    """Its size and weight are those of the page, whatever class says that it has no drawing."""
    fonts = "[...document.querySelectorAll({0})].map((it) => {{ const s = getComputedStyle(it); return [s.fontWeight, s.fontFamily]; }})"
    with visit(browser, f"{origin}/wrapped/bare", "1440x900") as seen:
        alone = seen.page.evaluate(fonts.format("'.slide.words-only, .slide.words-only .words'"))
        page = seen.page.evaluate(fonts.format("'main'"))

    assert len(alone) >= 2 and all(font == page[0] for font in alone)


def test_no_slide_change_blocks_for_more_than_200_ms(origin: str, browser: Browser) -> None:
    """Even on a slow phone no task of a change takes longer, so a tap is never ignored."""
    browser.start_tracing(
        categories=[
            "toplevel",
            "devtools.timeline",
            "disabled-by-default-devtools.timeline",
            "blink.user_timing",
        ]
    )
    with visit(browser, f"{origin}/wrapped/acme", motion=True, slow=True) as seen:
        seen.settle()
        seen.page.evaluate("() => { performance.mark('walking') }")
        for _ in seen.walk():
            pass
    trace = browser.stop_tracing()

    tasks = longest_tasks(trace, instant(trace, "walking"))
    assert len(tasks) > 100
    assert tasks[0] <= 200, tasks[:5]


def test_only_this_origin_is_asked(origin: str, browser: Browser) -> None:
    """No request leaves for anybody else, and the content policy has nothing to refuse."""
    with visit(browser, f"{origin}/wrapped/acme", motion=True) as seen:
        for _ in seen.walk():
            pass
        asked = {request.url for request in seen.requests if not request.url.startswith("data:")}

    assert {url for url in asked if not url.startswith(f"{origin}/")} == set()
    assert seen.problems == []


def test_the_next_slides_picture_is_fetched_and_nothing_further(origin: str, browser: Browser) -> None:
    """The card's picture is asked for on the slide before it, not earlier."""
    with visit(browser, f"{origin}/wrapped/acme") as seen:
        pictures = []
        for name in seen.walk():
            seen.page.wait_for_load_state("networkidle")
            pictures.append((name, [r.url for r in seen.requests if "/cards/" in r.url]))

    first = next(name for name, urls in pictures if urls)
    assert first == pictures[-2][0]


# Readable by everybody.


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_slide_violates_wcag(origin: str, browser: Browser, size: str, scheme: str) -> None:
    """axe finds nothing against WCAG 2.2 A and AA on any slide, in either scheme."""
    with visit(browser, f"{origin}/wrapped/acme", size, color_scheme=scheme) as seen:
        found = {name: _violations(seen) for name in seen.walk()}

    assert {name: problems for name, problems in found.items() if problems} == {}


def _violations(seen: Visit) -> list[tuple[str, str]]:
    answer: dict[str, Any] = (
        Axe().run(seen.page, options={"runOnly": {"type": "tag", "values": WCAG}}).response
    )
    return [(one["id"], node["html"][:120]) for one in answer["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("address", ["/wrapped/about/comparisons", "/wrapped/nobody"])
def test_the_pages_of_text_do_not_violate_it_either(origin: str, browser: Browser, address: str) -> None:
    """The sources and the page that says there is nothing."""
    with visit(browser, origin + address, deck=False) as seen:
        assert _violations(seen) == []


def test_reduced_motion_starts_paused_with_the_final_numbers(origin: str, browser: Browser) -> None:
    """Nothing moves, no digit cycles, and the button offers to play."""
    with visit(browser, f"{origin}/wrapped/acme#requests") as seen:
        assert seen.page.get_by_role("button", name="Play").is_visible()
        assert _figure(seen) == f"{SUBJECTS['acme'].document.requests.total:,}"
        seen.page.keyboard.press("ArrowRight")
        assert seen.page.evaluate("document.getAnimations().length") == 0
        assert seen.page.locator("[data-counting]").count() == 0


def test_one_slide_is_exposed_and_the_others_are_inert(origin: str, browser: Browser) -> None:
    """A screen reader and the tab key find the slide that is shown and no other."""
    with visit(browser, f"{origin}/wrapped/acme") as seen:
        for name in seen.walk():
            reachable = seen.page.evaluate(
                "[...document.querySelectorAll('.slide')].filter((s) => !s.inert && s.ariaHidden !== 'true').map((s) => s.id)"
            )
            assert reachable == [name]


def test_focus_goes_to_the_heading_of_the_slide_a_person_asked_for(origin: str, browser: Browser) -> None:
    """By arrow, by a segment, and by an address with a hash."""
    with visit(browser, f"{origin}/wrapped/acme") as seen:
        seen.page.keyboard.press("ArrowRight")
        assert _focused(seen) == ("H2", "requests")
        seen.page.locator(".segments button").nth(4).click()
        assert _focused(seen) == ("H2", "read")
    with visit(browser, f"{origin}/wrapped/acme#storage") as seen:
        assert (seen.current, _focused(seen)) == ("storage", ("H2", "storage"))


def _focused(seen: Visit) -> tuple[str, str]:
    tag, slide = seen.page.evaluate(
        "[document.activeElement.tagName, document.activeElement.closest('.slide')?.id]"
    )
    return tag, slide


def test_the_live_region_is_off_while_it_plays(origin: str, browser: Browser) -> None:
    """Autoplay never talks over a person; once paused, a change is announced with its number and name."""
    with visit(browser, f"{origin}/wrapped/acme", motion=True) as seen:
        told = seen.page.locator("#told")
        assert told.get_attribute("aria-live") == "off"
        seen.page.keyboard.press("Space")
        assert told.get_attribute("aria-live") == "polite"
        seen.page.keyboard.press("ArrowRight")
        assert told.text_content() == f"2 of {len(seen.names)}: Requests"


@pytest.mark.parametrize("size", SIZES)
def test_targets_are_24_pixels_and_the_main_controls_44(origin: str, browser: Browser, size: str) -> None:
    """Segments and links can be hit with a thumb, buttons without looking."""
    with visit(browser, f"{origin}/wrapped/acme#share", size) as seen:
        boxes = seen.page.evaluate(
            "[...document.querySelectorAll('.links a, button, .act')].filter((e) => e.checkVisibility())"
            ".map((e) => [!e.closest('.links, .segments'), e.getBoundingClientRect().width, e.getBoundingClientRect().height, e.outerHTML])"
        )

    assert len(boxes) > 15
    assert [box for box in boxes if min(box[1], box[2]) < (44 if box[0] else 24)] == []


def test_forced_colours_leave_text_and_drawings_visible(origin: str, browser: Browser) -> None:
    """In a high contrast theme words take the system's colour and no drawing melts into the ground."""
    with visit(browser, f"{origin}/wrapped/acme", forced_colors="active") as seen:
        for name in seen.walk():
            ground, ink, drawn = seen.page.evaluate(
                "(() => { const s = document.querySelector('.current'); const of = (e, what) => getComputedStyle(e)[what];"
                " return [of(s, 'backgroundColor'), of(s.querySelector('h1,h2'), 'color'), [...s.querySelectorAll('path.ink,path.accent')].map((p) => of(p, 'fill'))]; })()"
            )
            assert ink != ground, name
            assert ground not in drawn, name


@pytest.mark.parametrize("size", ["844x390", "1440x900"])
def test_forced_colours_hide_no_label(origin: str, browser: Browser, size: str) -> None:
    """What a browser lays beneath letters there, so that they can be read, covers no other letters."""
    with visit(browser, f"{origin}/wrapped/acme", size, forced_colors="active") as seen:
        for name in seen.walk():
            if seen.page.locator(".current .label").count() and seen.page.locator(".current .fit").count():
                label = seen.page.locator(".current .label")
                shown = label.screenshot()
                seen.page.evaluate("document.querySelector('.current .fit').style.visibility = 'hidden'")
                assert label.screenshot() == shown, name


def test_the_bars_above_are_buttons_that_leave_no_history(origin: str, browser: Browser) -> None:
    """Each is reached by the keyboard, says which slide it shows, and the way back leads off the page."""
    with visit(browser, f"{origin}/wrapped/acme") as seen:
        length = seen.page.evaluate("history.length")
        seen.page.keyboard.press("Tab")
        for _ in range(3):
            seen.page.keyboard.press("Tab")
        peak = seen.page.get_by_role("button", name="4 of 13: Peak day")
        assert peak.evaluate("(e) => e === document.activeElement")
        seen.page.keyboard.press("Space")
        assert seen.current == "peak"
        assert peak.get_attribute("aria-current") == "true"
        assert seen.page.evaluate("history.length") == length


def test_without_scripts_every_slide_can_be_read(origin: str, browser: Browser) -> None:
    """All slides stand one below the other, and nothing that needs a script is offered."""
    with visit(browser, f"{origin}/wrapped/acme", deck=False, java_script_enabled=False) as seen:
        slides = seen.page.locator(".slide")
        names = [slides.nth(i).get_attribute("id") for i in range(slides.count())]
        assert len(names) == 13
        assert all(slides.nth(i).is_visible() for i in range(slides.count()))
        boxes = [slides.nth(i).bounding_box() for i in range(slides.count())]
        assert all(
            above and below and above["y"] + above["height"] <= below["y"] + 1
            for above, below in zip(boxes, boxes[1:], strict=False)
        )
        assert seen.page.get_by_role("button").count() == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_a_printed_page_is_every_slide_on_a_sheet_of_its_own(
    origin: str, browser: Browser, scripts: bool
) -> None:
    """To be kept as a PDF, with scripts as without, from whichever slide is shown."""
    with visit(browser, f"{origin}/wrapped/acme#peak", deck=scripts, java_script_enabled=scripts) as seen:
        printed = seen.page.pdf(print_background=True)
        slides = seen.page.locator(".slide")
        seen.page.emulate_media(media="print")
        shown = [slides.nth(i).is_visible() for i in range(slides.count())]

    assert shown == [True] * 13
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 13


# Exact.


@pytest.mark.parametrize(
    "language",
    [
        "en-GB",
        "de-DE",
        "fr-FR",
        "es-ES",
        "pl-PL",
        "sv-SE",
        "ja-JP",
        "pt-BR",
        "it-IT",
        "nl-NL",
        "ko-KR",
        "zh-CN",
    ],
)
def test_the_counter_settles_on_the_documents_value_as_the_readers_language_writes_it(
    origin: str, browser: Browser, language: str
) -> None:
    """The browser's own formatter is the judge, also past what a double can hold."""
    for key in ("acme", "longest"):
        with visit(browser, f"{origin}/wrapped/{key}", motion=True, locale=language) as seen:
            total = SUBJECTS[key].document.requests.total
            expected = seen.page.evaluate(f"new Intl.NumberFormat('{language}').format({total}n)")
            seen.page.keyboard.press("ArrowRight")
            seen.page.wait_for_selector("[data-counting]")
            assert (
                seen.page.evaluate("document.querySelector('.current .figure .hidden').textContent")
                == expected
            )
            seen.settle()
            assert _figure(seen) == expected


def _figure(seen: Visit) -> str:
    return str(seen.page.evaluate("document.querySelector('#requests .figure').textContent"))


def test_a_counter_that_is_cut_short_stands_on_its_value(origin: str, browser: Browser) -> None:
    """Leaving a slide in the middle of a count and coming back shows the exact number."""
    with visit(browser, f"{origin}/wrapped/acme", motion=True) as seen:
        seen.page.keyboard.press("ArrowRight")
        seen.page.wait_for_selector("[data-counting]")
        seen.page.keyboard.press("ArrowRight")
        assert _figure(seen) == f"{SUBJECTS['acme'].document.requests.total:,}"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", HARD)
def test_nothing_overflows_whatever_the_names_and_numbers(
    origin: str, browser: Browser, key: str, size: str
) -> None:
    """The longest names, Arabic, Chinese and Japanese, emoji and numbers of 22 digits stay inside their slide."""
    with visit(browser, f"{origin}/wrapped/{key}", size) as seen:
        found = {name: seen.page.evaluate(OVERFLOWING) for name in seen.walk()}

    assert {name: outside for name, outside in found.items() if outside} == {}


@pytest.mark.parametrize("language", ["en-GB", "fr-FR", "pl-PL"])
@pytest.mark.parametrize("key", ["small", "fifteen", "longest"])
def test_no_number_is_broken_over_two_lines(origin: str, browser: Browser, key: str, language: str) -> None:
    """On the smallest phone, whatever stands between the thousands: 87,706 and 15 and 19 digits."""
    with visit(browser, f"{origin}/wrapped/{key}", "320x568", locale=language) as seen:
        found = {name: seen.page.evaluate(NUMBERS) for name in seen.walk()}

    told = [number for slide in found.values() for number, _ in slide]
    assert f"{SUBJECTS[key].document.requests.total}" in [re.sub(r"\D", "", number) for number in told]
    assert [(name, n) for name, slide in found.items() for n, lines in slide if lines != 1] == []


@pytest.mark.parametrize("key", ["acme", "devanagari"])
@pytest.mark.parametrize("size", ["390x844", "1440x900"])
def test_no_letter_of_a_name_is_cut_above_or_below(
    origin: str, browser: Browser, key: str, size: str
) -> None:
    """What is cut off below its last line has lines as high as the font, or higher: no descender and no vowel sign is lost."""
    with visit(browser, f"{origin}/wrapped/{key}", size) as seen:
        found = {name: seen.page.evaluate(LINES) for name in seen.walk()}

    heights = [each for slide in found.values() for each in slide]
    assert len(heights) >= 9
    assert [height for height in heights if height != "normal" and height < 1.088] == []


# How high the lines of clipped text are, in ems.
LINES = """[...document.querySelectorAll('.current .words *, .current .art *')]
  .filter((e) => getComputedStyle(e).overflow === 'hidden' && e.textContent && !e.matches('.hidden') && e.checkVisibility())
  .map((e) => getComputedStyle(e))
  .map((s) => s.lineHeight === 'normal' ? 'normal' : parseFloat(s.lineHeight) / parseFloat(s.fontSize))"""


# Every number of a slide, joined from whatever elements it stands in, and on how many lines it is.
NUMBERS = """(() => {
  const found = [];
  for (const block of document.querySelectorAll('.current :is(p,h2,li>*)')) {
    if (block.querySelector('p') || !block.checkVisibility()) continue;
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const places = [];
    let text = '';
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest('.hidden')) continue;
      for (let i = 0; i < node.length; i++) places.push([node, i]);
      text += node.data;
    }
    for (const match of text.matchAll(/\\d(?:[\\d.,\\u00a0\\u202f]*\\d)?/g)) {
      const tops = new Set();
      for (let i = match.index; i < match.index + match[0].length; i++) {
        const range = document.createRange();
        range.setStart(places[i][0], places[i][1]);
        range.setEnd(places[i][0], places[i][1] + 1);
        for (const box of range.getClientRects()) tops.add(Math.round(box.top));
      }
      found.push([match[0], tops.size]);
    }
  }
  return found;
})()"""


OVERFLOWING = """(() => {
  const slide = document.querySelector('.current');
  const foot = document.querySelector('.controls').getBoundingClientRect().top;
  const art = slide.querySelector('.art')?.getBoundingClientRect();
  const found = [];
  for (const e of slide.querySelectorAll('h1,h2,p,li,span,strong,bdi,a,button,img')) {
    if (e.closest('.hidden') || !e.checkVisibility()) continue;
    const box = e.getBoundingClientRect();
    const told = e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 30) + ' ' + [box.left, box.top, box.right, box.bottom].map(Math.round);
    if (box.left < -1 || box.right > innerWidth + 1 || box.top < -1 || box.bottom > foot + 1) found.push('outside: ' + told);
    if (art && e.closest('.words') && box.bottom > art.top + 2 && box.top < art.bottom - 2 && box.right > art.left + 2 && box.left < art.right - 2) found.push('over the drawing: ' + told);
    if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth && getComputedStyle(e).display !== 'inline') found.push('cut: ' + told);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
  return found;
})()"""


# At hand.


def test_ten_fast_taps_are_ten_slides(origin: str, browser: Browser) -> None:
    """However fast, no tap is lost and nothing is left behind by the changes that were cut short."""
    with visit(browser, f"{origin}/wrapped/acme", motion=True) as seen:
        for _ in range(10):
            seen.page.mouse.click(300, 500)
        assert seen.names.index(seen.current) == 10
        seen.settle()
        assert seen.names.index(seen.current) == 10
        assert (
            seen.page.evaluate(
                "[...document.querySelectorAll('.slide')].filter((s) => s.checkVisibility()).length"
            )
            == 1
        )
        assert seen.page.evaluate("document.querySelector('.curtain').children.length") == 0


def test_taps_on_the_left_half_go_back(origin: str, browser: Browser) -> None:
    """Right goes on, left goes back, and the first slide stays where it is."""
    with visit(browser, f"{origin}/wrapped/acme", motion=True) as seen:
        seen.page.mouse.click(300, 500)
        seen.page.mouse.click(300, 500)
        seen.page.mouse.click(60, 500)
        assert seen.current == "requests"
        seen.page.mouse.click(60, 500)
        seen.page.mouse.click(60, 500)
        assert seen.current == "opening"


def test_keys_walk_and_jump(origin: str, browser: Browser) -> None:
    """Arrows, Home and End; and the address follows."""
    with visit(browser, f"{origin}/wrapped/acme") as seen:
        seen.page.keyboard.press("End")
        assert (seen.current, seen.page.url.split("#")[1]) == ("share", "share")
        seen.page.keyboard.press("ArrowLeft")
        assert seen.current == "growth"
        seen.page.keyboard.press("Home")
        assert seen.current == "opening"


def test_a_pause_holds_the_slide_where_it_is(origin: str, browser: Browser) -> None:
    """And play goes on from there: nobody sees the same seconds twice."""
    past = "document.querySelector('[aria-current] i').getAnimations()[0]?.currentTime"
    with visit(browser, f"{origin}/wrapped/acme", motion=True) as seen:
        seen.until(f"{past} > 300")
        seen.page.keyboard.press("Space")
        held = seen.page.evaluate(past)
        assert held > 300
        assert seen.page.get_by_role("button", name="Play").is_visible()
        seen.page.keyboard.press("Space")
        assert seen.page.evaluate(past) >= held
        seen.page.keyboard.press("Space")
        seen.page.keyboard.press("ArrowRight")
        assert seen.page.evaluate(past) is None


def test_a_swipe_turns_and_a_long_press_holds(origin: str, browser: Browser) -> None:
    """A swipe to the left goes on; while a finger rests, time stands still and no slide changes on release."""
    with visit(browser, f"{origin}/wrapped/acme", motion=True) as seen:
        mouse = seen.page.mouse
        mouse.move(300, 400)
        mouse.down()
        mouse.move(120, 410, steps=4)
        mouse.up()
        assert seen.current == "requests"
        mouse.move(300, 400)
        mouse.down()
        seen.until("document.querySelector('[aria-current] i').getAnimations()[0].playState === 'paused'")
        mouse.up()
        assert (
            seen.page.evaluate("document.querySelector('[aria-current] i').getAnimations()[0].playState")
            == "running"
        )
        assert seen.current == "requests"


def test_whoever_zoomed_in_looks_around_with_one_finger(origin: str, browser: Browser) -> None:
    """A swipe moves what is seen, and turns no slide; zoomed out again it does."""
    with visit(browser, f"{origin}/wrapped/acme", has_touch=True, is_mobile=True) as seen:
        touch = seen.page.context.new_cdp_session(seen.page)
        touch.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 3})
        seen.until("visualViewport.scale > 2")
        _swipe(touch)
        seen.until("visualViewport.offsetLeft > 50")
        assert seen.current == "opening"
        touch.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 1})
        seen.until("visualViewport.scale === 1")
        _swipe(touch)
        assert seen.current == "requests"


def _swipe(touch: CDPSession) -> None:
    """A finger, from right to left."""
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 300, "y": 400}]})
    for x in range(280, 80, -20):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": 402}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_buttons_go_on_back_and_pause(origin: str, browser: Browser) -> None:
    """The controls say what they do."""
    with visit(browser, f"{origin}/wrapped/acme", motion=True) as seen:
        seen.page.get_by_role("button", name="Next slide").click()
        assert seen.current == "requests"
        seen.page.get_by_role("button", name="Previous slide").click()
        assert seen.current == "opening"
        seen.page.get_by_role("button", name="Pause").click()
        assert seen.page.get_by_role("button", name="Play").is_visible()


def test_autoplay_goes_on_by_itself_and_stops_at_the_end(origin: str, browser: Browser) -> None:
    """When a slide's time is over the next one comes; after the last one nothing does."""
    with visit(browser, f"{origin}/wrapped/acme", motion=True) as seen:
        for name in seen.names:
            assert seen.current == name
            seen.page.evaluate("document.querySelector('[aria-current] i').getAnimations()[0].finish()")
            if name != "share":
                seen.until(f"document.querySelector('.current').id !== '{name}'")
        seen.page.get_by_role("button", name="Play").wait_for()
        assert seen.current == "share"


def test_a_hidden_tab_waits(origin: str, browser: Browser) -> None:
    """Nothing goes by while nobody looks."""
    with visit(browser, f"{origin}/wrapped/acme", motion=True) as seen:
        seen.page.evaluate(
            "Object.defineProperty(document, 'hidden', { value: true, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))"
        )
        assert (
            seen.page.evaluate("document.querySelector('[aria-current] i').getAnimations()[0].playState")
            == "paused"
        )
        seen.page.evaluate(
            "Object.defineProperty(document, 'hidden', { value: false, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))"
        )
        assert (
            seen.page.evaluate("document.querySelector('[aria-current] i').getAnimations()[0].playState")
            == "running"
        )


def test_a_transition_depends_on_where_it_goes_and_comes_from(origin: str, browser: Browser) -> None:
    """Each slide closes its own curtain over the one before, and backwards everything comes from the other side."""
    with visit(browser, f"{origin}/wrapped/acme", motion=True) as seen:
        curtain = "[...document.querySelectorAll('.curtain i')].map((i) => i.style.transformOrigin)"
        seen.page.keyboard.press("ArrowRight")
        forwards = seen.page.evaluate(curtain)
        seen.page.keyboard.press("ArrowRight")
        lines = seen.page.evaluate(curtain)
        seen.page.keyboard.press("ArrowLeft")
        backwards = seen.page.evaluate(curtain)

    assert (len(forwards), len(lines), len(backwards)) == (12, 6, 12)
    assert (forwards[0], backwards[0]) == ("50% 100%", "50% 0px")


# To share.

SHARES = """
navigator.canShare = (what) => what.files?.[0]?.type === 'image/png';
navigator.share = async (what) => { window.shared = { url: what.url, title: what.title, name: what.files[0].name, size: what.files[0].size }; };
"""


@pytest.mark.parametrize("link", ["https://wrapped.test/w/abc", None])
def test_the_card_is_shared_as_a_file_where_the_browser_can(
    origin: str, browser: Browser, link: str | None
) -> None:
    """The share sheet gets the picture, the title and a link that ends; when none is to be had, the address without the slide."""
    with visit(browser, f"{origin}/wrapped/acme") as seen:
        seen.page.add_init_script(SHARES)
        if link:
            seen.page.route(
                "**/wrapped/acme/share",
                lambda route: (
                    route.fulfill(json={"share_url": link})
                    if route.request.method == "POST"
                    else route.abort()
                ),
            )
        seen.page.reload()
        seen.page.wait_for_selector("html[data-ready]")
        seen.page.keyboard.press("End")
        seen.page.get_by_role("button", name="Share", exact=True).click()
        seen.until("window.shared")
        shared = seen.page.evaluate("window.shared")

    assert (shared["url"], shared["name"]) == (link or f"{origin}/wrapped/acme", "2025-wrapped.png")
    assert shared["size"] > 10_000


@pytest.mark.parametrize(("scheme", "query"), [("light", ""), ("dark", "?theme=dark")])
def test_what_is_shared_looks_like_what_is_seen(
    origin: str, browser: Browser, scheme: str, query: str
) -> None:
    """On a dark page the preview, the card and the film are the dark ones; only that preview is fetched."""
    with visit(browser, f"{origin}/wrapped/acme#share", color_scheme=scheme) as seen:
        seen.until("document.querySelector('.preview').complete")
        cards = [request.url for request in seen.requests if "/cards/" in request.url]
        offered = seen.page.evaluate("[...document.querySelectorAll('[data-dark]')].map((link) => link.href)")

    assert cards == [f"{origin}/wrapped/acme/cards/summary-360x640.jpg{query}"]
    assert offered == [
        f"{origin}/wrapped/acme/{part}{query}" for part in ("cards/summary-1080x1920.png", "story.mp4")
    ]


def test_the_card_is_downloaded_where_it_cannot(origin: str, browser: Browser) -> None:
    """Without Web Share there is no share button, and the link saves the file."""
    with visit(browser, f"{origin}/wrapped/acme#share") as seen:
        assert seen.page.get_by_role("button", name="Share", exact=True).count() == 0
        with seen.page.expect_download() as downloading:
            seen.page.get_by_role("link", name="Download the card").click()

    assert downloading.value.suggested_filename == "2025-wrapped.png"


def test_a_document_without_a_metric_has_no_slide_for_it(origin: str, browser: Browser) -> None:
    """What is not known is left out, never shown as zero."""
    with visit(browser, f"{origin}/wrapped/idle") as seen:
        foot = seen.page.evaluate("document.querySelector('.company').getBoundingClientRect().bottom")
        assert foot > 600, "without a skyline the words stand at its place"
        assert (
            seen.names
            == ["opening", "storage", "share"]
            == [m.name for m in USAGE.tell(year_documents.idle(), "Idle").moments]
        )
