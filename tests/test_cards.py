"""The cards: every name in glyphs, the same bytes each time, cheap, and to scale."""

import datetime as dt
import io
import random
import re
import shutil
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFont

from tests import year_documents
from tests.pages_server import SUBJECTS
from wrapped_assets.products.usage import USAGE
from wrapped_assets.products.usage.stories import calendar, rank, read, requests, storage
from wrapped_assets.serving.cards import raster
from wrapped_assets.serving.cards.card_layout import SIZES, Card, card, names
from wrapped_assets.serving.pages.page import slideshow
from wrapped_assets.serving.pages.theme import SCHEMES, Scheme, default_theme
from wrapped_assets.slides.fitting import DISPLAY, TEXT
from wrapped_assets.slides.glyphs import SHIPPED, Fonts, shared_fonts
from wrapped_assets.slides.links import Links
from wrapped_assets.slides.typesetting import ELLIPSIS, Setter
from wrapped_assets.text.clusters import clusters

SCRIPTS = [
    "Acme Ltd.", "Ωμέγα", "Предприятие", "شركة الأنظمة", "חברה בע״מ", "हिन्दी कंपनी", "বাংলা", "ਪੰਜਾਬੀ", "ગુજરાતી", "தமிழ்", "తెలుగు", "ಕನ್ನಡ",
    "മലയാളം", "සිංහල", "ไทยนี้", "ລາວ", "ខ្មែរ", "မြန်မာ", "ქართული", "Հայերեն", "አማርኛ", "東京株式会社", "北京数据公司", "臺北", "안녕하세요", "データ",
    "Tiếng Việt", "Łódź", "İstanbul", "🚀", "👩‍💻", "🇩🇪", "❤️", "👍🏽", "1️⃣", "→ ★ ☎",
]  # fmt: skip


def drawn(key: str, name: str, size: str = "1200x630", scheme: Scheme = "light") -> Card:
    subject = SUBJECTS[key]
    return card(
        USAGE.tell(subject.document, subject.name), name, size, default_theme(), shared_fonts(), scheme
    )


def picture(text: str, fonts: Fonts) -> Image.Image:
    """The text alone, black on white, as a card would draw it."""
    setter = Setter(fonts)
    line = setter.text(text, 20, 140, 100)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="1400" height="200"><rect width="1400" height="200" fill="#fff"/>{line}</svg>'
    return Image.open(io.BytesIO(raster.png(svg, fonts.files(setter.families)))).convert("L")


def ink(image: Image.Image) -> float:
    """How much of it is black."""
    histogram = image.histogram()
    return sum((255 - shade) / 255 * pixels for shade, pixels in enumerate(histogram))


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_name_in_any_script_is_drawn_by_a_font_that_has_it(text: str) -> None:
    """Every run's font has every visible character of the run, nothing is dropped, and there is ink for each run."""
    fonts = Fonts([SHIPPED])
    runs = fonts.runs(text, DISPLAY)

    assert "".join(run.text for run in runs).replace("\ufe0f", "") == "".join(clusters(text)).replace(
        "\ufe0f", ""
    )
    for run in runs:
        assert all(fonts.face(run.family).covers(cluster) for cluster in clusters(run.text))
        assert run.text.isspace() or ink(picture(run.text, fonts)) > 50


@pytest.mark.parametrize(
    "text",
    [
        "श्रीकृष्ण प्रौद्योगिकी", "সংস্থা কৃষ্ণ", "ਸ੍ਰੀ ਕ੍ਰਿਸ਼ਨ", "પ્રૌદ્યોગિકી", "நிறுவனங்கள் ஸ்ரீ", "శ్రీనివాస", "ಪ್ರೌದ್ಯೋಗಿಕ", "സാങ്കേതികവിദ്യ", "ශ්‍රී තාක්ෂණ",
        "ପ୍ରୌଦ୍ୟୋଗିକୀ", "မြန်မာ့နည်းပညာ", "ក្រុមហ៊ុនបច្ចេក", "ปู่ญี่ปุ่น", "ລາວ ກຳລັງ", "التِّقْنِیَّة", "Ågång",
    ],
)  # fmt: skip
def test_no_letter_of_a_word_covers_the_next(text: str) -> None:
    """What is drawn is as wide and as high as Pillow draws it, whose shaper knows where each letter goes, and as much ink."""
    fonts = Fonts([SHIPPED])
    (run,) = fonts.runs(text, DISPLAY)
    right = Image.new("L", (1400, 200), "white")
    font = ImageFont.truetype(fonts.face(run.family).path, 100)
    ImageDraw.Draw(right).text((20, 140), text, "black", font, anchor="ls")

    found, expected = (ImageChops.invert(each) for each in (picture(text, fonts), right))

    rise, drop = fonts.reach(text, DISPLAY)
    box = expected.getbbox()
    assert box is not None
    assert found.getbbox() == pytest.approx(box, abs=4)
    assert ink(ImageChops.invert(found)) == pytest.approx(ink(right), rel=0.02)
    assert (140 - 100 * rise, 140 + 100 * drop) == pytest.approx(box[1::2], abs=4)


@pytest.mark.parametrize("text", [year_documents.MARKED, year_documents.DEVANAGARI, "Công Ế Ộ Ặ gypsy_jq Åg"])
def test_no_line_touches_the_next(text: str) -> None:
    """Marks above a line and letters below the one before it have room, in the name and towards what stands around it."""
    setter = Setter(Fonts([SHIPPED]))
    lines, size = setter.shrunk(text, 500, (100, 80), 3)
    reaches = [setter.fonts.reach(line, DISPLAY) for line in lines]
    baselines = setter.baselines(lines, 1.0)

    assert len(lines) > 1
    for (above, (_, drop)), (below, (rise, _)) in pairwise(zip(baselines, reaches, strict=True)):
        assert below - rise > above + drop
    assert setter.height(lines, 1.0) == (max(reaches[0][0] - 0.72, 0), baselines[-1] + reaches[-1][1])


@pytest.mark.parametrize("one", SCRIPTS)
def test_scripts_stand_beside_each_other(one: str) -> None:
    """Mixed names are drawn too: each beside Latin, Arabic and an emoji."""
    fonts = Fonts([SHIPPED])

    for other in ("Acme", "شركة", "🚀", "東京"):
        assert ink(picture(f"{one} {other}", fonts)) > ink(picture(one, fonts))


@pytest.mark.parametrize(
    "text", ["\U00012000\U00012001", "\ue000", "\ud800", "\U000e0001", "\x00\x07", "\uffff"]
)
def test_what_no_font_has_is_left_out(text: str) -> None:
    """Cuneiform, private use and broken text become nothing, never a box; the rest of the name stays."""
    fonts = Fonts([SHIPPED])

    assert fonts.drawable(text) == ""
    assert fonts.drawable(f"A{text} B") in ("A B", "A B")
    assert ink(picture(text, fonts)) == 0


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("a\u0301b", ["á", "b"]),
        ("👩‍💻🚀", ["👩‍💻", "🚀"]),
        ("🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]),
        ("👍🏽!", ["👍🏽", "!"]),
        ("क्षि", ["क्षि"]),
        ("a\u202eb\x00c", ["a", "b", " ", "c"]),
    ],
)
def test_a_letter_with_its_marks_and_a_joined_emoji_are_never_split(text: str, cut: list[str]) -> None:
    """And nothing that turns the direction of what follows gets through."""
    assert [*clusters(text)] == cut


def test_what_is_invisible_needs_no_glyph() -> None:
    """A selector that a font lacks is dropped, its letter stays."""
    assert Fonts([SHIPPED]).drawable("A\ufe0fB") == "AB"


def test_of_two_files_of_one_family_only_the_first_is_counted_on(tmp_path: Path) -> None:
    """The renderer finds fonts by family: a letter that only the second file has would be drawn as a box."""
    for folder, letters in (("first", "א"), ("second", "אב")):
        (tmp_path / folder).mkdir()
        with TTFont(SHIPPED / "NotoSansHebrew-Bold.ttf") as font:
            cutter = Subsetter()
            cutter.populate(text=letters)
            cutter.subset(font)
            font.save(tmp_path / folder / "Hebrew.ttf")
    latin = tmp_path / "latin"
    latin.mkdir()
    for name in ("wrapped-display.ttf", "wrapped-text.ttf"):
        shutil.copy(SHIPPED / name, latin)

    fonts = Fonts([latin, tmp_path / "first", tmp_path / "second"])

    assert fonts.drawable("אב") == "א"


@pytest.mark.parametrize("size", ["1080x1920", "1200x630"])
def test_a_name_that_cannot_be_drawn_is_replaced(size: str) -> None:
    """By words that name nobody: the card is never without its lines."""
    document = year_documents.longest("\U00012000")
    told = {
        name: card(USAGE.tell(document, "\U00012000"), name, size, default_theme(), Fonts([SHIPPED])).svg
        for name in ("summary", "workspaces", "pipes")
    }

    assert all("Your team" in svg for svg in told.values())
    assert "Top workspaces" in told["workspaces"] and "No. 1" in told["pipes"]


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=12))
def test_any_text_at_all_can_be_set(text: str) -> None:
    """Whatever comes in, each run is covered by its font and the card is drawn."""
    fonts = shared_fonts()
    for run in fonts.runs(text, TEXT):
        assert all(fonts.face(run.family).covers(cluster) for cluster in clusters(run.text))
    picture(text, fonts)


@pytest.mark.parametrize("key", ["acme", "bare", "idle", "small", "arabic", "cjk", "emoji", "longest"])
def test_every_card_of_every_size_is_drawn(key: str) -> None:
    """In its size, as PNG, with alternative text."""
    subject = SUBJECTS[key]
    for name in names(USAGE.tell(subject.document, subject.name)):
        for size, (width, height, smaller) in SIZES.items():
            one = drawn(key, name, size)
            with Image.open(io.BytesIO(raster.png(one.svg, one.fonts))) as image:
                assert image.size == (width // smaller, height // smaller)
            assert len(one.alt) > 10


@pytest.mark.parametrize("key", ["acme", "fifteen", "arabic", "cjk", "emoji", "longest"])
@pytest.mark.parametrize("size", ["1080x1920", "1200x630"])
def test_no_line_of_text_leaves_the_card_or_is_cut_short_of_its_numbers(key: str, size: str) -> None:
    """Measured with the fonts' own widths; an ellipsis may end a name, never a figure."""
    subject, fonts = SUBJECTS[key], shared_fonts()
    width, height, _ = SIZES[size]
    for name in names(USAGE.tell(subject.document, subject.name)):
        for text, x, y, em, family in _texts(drawn(key, name, size).svg):
            assert (
                x >= -16
                and x + em * fonts.face(family).width(text) * (0.7 if _joins(text) else 1) <= width + 4
            ), (name, text)
            assert em * 0.5 <= y <= height, (name, text)
            assert not re.search(rf"\d{ELLIPSIS}", text), (name, text)


def _texts(svg: str) -> Iterator[tuple[str, float, float, float, str]]:
    form = r"<text class=\"ink\" x=\"([-\d.e+]+)\" y=\"([-\d.e+]+)\" font-size=\"([\d.e+]+)\" font-family=\"&#x27;([^\"]*)&#x27;\"[^>]*>([^<]*)</text>"
    found = re.findall(form, svg)
    assert found
    for x, y, size, family, text in found:
        yield text.replace("&amp;", "&"), float(x), float(y), float(size), family


def _joins(text: str) -> bool:
    return any("\u0600" <= character <= "\u06ff" or ord(character) > 0xFFFF for character in text)


def test_a_card_is_the_same_bytes_each_time() -> None:
    """PNG and JPEG, from fonts opened anew."""
    subject = SUBJECTS["emoji"]
    made = []
    for _ in range(2):
        one = card(
            USAGE.tell(subject.document, subject.name),
            "workspaces",
            "1080x1920",
            default_theme(),
            Fonts([SHIPPED]),
        )
        image = raster.png(one.svg, one.fonts)
        made.append((image, raster.jpeg(image)))

    assert made[0] == made[1]


def test_a_card_takes_at_most_250_milliseconds_of_processor() -> None:
    """Each of them, layout, PNG and all, with the fonts open."""
    subject = SUBJECTS["acme"]
    story = USAGE.tell(subject.document, subject.name)
    drawn("acme", "summary")
    for name in names(story):
        started = time.process_time()
        one = card(story, name, "1080x1920", default_theme(), shared_fonts())
        raster.png(one.svg, one.fonts)
        assert time.process_time() - started <= 0.25, name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_jpeg_is_the_same_picture_for_fewer_or_as_many_eyes(scheme: Scheme) -> None:
    """Close to the PNG everywhere."""
    one = drawn("acme", "summary", "1200x630", scheme)
    image = raster.png(one.svg, one.fonts)
    with Image.open(io.BytesIO(image)) as png, Image.open(io.BytesIO(raster.jpeg(image))) as jpeg:
        small = [one.convert("RGB").resize((60, 32)).tobytes() for one in (png, jpeg)]
    assert max(abs(a - b) for a, b in zip(*small, strict=True)) < 12


def test_a_renderer_that_gives_up_is_an_error_like_any_other(tmp_path: Path) -> None:
    """A bad SVG raises NotDrawn, which says what to do; it does not end the worker."""
    with pytest.raises(raster.NotDrawn, match=r"was not drawn: resvg gave up with .*\n  Next: "):
        raster.png("<svg", [])


# The drawings are to scale.


def _areas(markup: str, class_: str) -> float:
    """The area of all rectangles of a class."""
    total = 0.0
    for path in re.findall(rf'<path class="{class_}" d="([^"]*)"', markup):
        total += sum(float(w) * float(h) for w, h in re.findall(r"h([\d.e-]+)v([\d.e-]+)", path))
    return total


@pytest.mark.parametrize("part", [1.0, 0.5, 0.329, 0.0001])
def test_a_part_of_a_whole_has_its_part_of_the_area(part: float) -> None:
    """Storage: the largest data source in its corner."""
    markup = storage.corner(part)
    assert _areas(markup, "accent") / _areas(markup, "soft") == pytest.approx(part, rel=1e-3)


def test_the_rows_answered_have_their_part_of_the_rows_read() -> None:
    """One in four, and everything when as many were answered as read."""
    assert _areas(read.needle(1, 4), "accent") == pytest.approx(2500)
    assert _areas(read.needle(5, 5), "accent") == pytest.approx(10_000)


def test_the_crowd_has_a_stroke_for_each_percent() -> None:
    """87 with fewer, the customer, 12 others."""
    counts = {
        class_: len(re.findall("M", path))
        for class_, path in re.findall(r'class="(\w+)" d="([^"]*)"', rank.crowd(87))
    }
    assert counts == {"ink": 87, "accent": 1, "soft": 12}


def test_the_months_are_to_scale_and_the_busiest_stands_out() -> None:
    """Each bar as high as its requests; months that have not begun have none."""
    document = year_documents.rich()
    counts = [month.requests for month in document.months]
    best = counts.index(max(counts))
    markup = requests.month_bars(document)
    heights = {
        class_: [float(h) for h in re.findall(r"v(\d[\d.]*)", path)]
        for class_, path in re.findall(r'class="(\w+)" d="([^"]*)"', markup)
    }
    spring = document.model_copy(update={"through": document.through.replace(month=3, day=2)})

    assert heights["accent"] == [100]
    assert heights["ink"] == pytest.approx(
        [100 * n / max(counts) for i, n in enumerate(counts) if i != best], abs=0.01
    )
    assert requests.month_bars(spring).count("M") == 3


@pytest.mark.parametrize("size", ["1080x1920", "1200x630"])
def test_a_card_without_a_picture_sets_its_figure_larger(size: str) -> None:
    """Words alone fill the card: the number is larger than beside a drawing."""
    sizes = {
        key: max(
            em for text, _, _, em, _ in _texts(drawn(key, "storage", size).svg) if text in ("87.7", "91.9")
        )
        for key in ("small", "acme")
    }

    assert sizes["small"] > 1.3 * sizes["acme"]


def test_the_heat_map_has_a_cell_for_each_day_that_is_over() -> None:
    """365 days, idle ones among them; the busiest in the last level."""
    markup = calendar.punch_card(year_documents.rich())
    cells = {level: path.count("M") for level, path in re.findall(r'class="level(\d)" d="([^"]*)"', markup)}
    assert sum(cells.values()) == 365
    assert cells["0"] == 9
    busiest = dict(re.findall(r'class="level(\d)" d="([^"]*)"', markup))["4"]
    assert "M260.7 100.9h" in busiest  # the 27th of November


@pytest.mark.parametrize("requests", [[7], [7, 7, 7], [3, 7]])
def test_the_busiest_day_has_the_last_level_however_few_there_are(requests: list[int]) -> None:
    """Also alone and among its equals: no other is busier."""
    days = [{"day": dt.date(2025, 3, 1 + i), "requests": n, "errors": 0} for i, n in enumerate(requests)]
    document = year_documents.made({"days": days, "hours": [{"hour_of_day": 1, "requests": sum(requests)}]})
    cells = dict(re.findall(r'class="level(\d)" d="([^"]*)"', calendar.punch_card(document)))

    assert cells["4"].count("M") == requests.count(7)


def test_a_leap_year_has_its_29th_of_february() -> None:
    """366 cells, the 60th in the second row's 29th place."""
    plain = year_documents.rich()
    days = tuple(9 if i == 59 else 1 for i in range(366))
    leap = plain.model_copy(
        update={"year": 2024, "days": days, "through": dt.datetime(2024, 12, 31, 23, 59, tzinfo=dt.UTC)}
    )
    cells = dict(re.findall(r'class="level(\d)" d="([^"]*)"', calendar.punch_card(leap)))

    assert sum(path.count("M") for path in cells.values()) == 366
    assert "M280.7 10.9h" in cells["4"] and cells["4"].count("M") == 1


def test_more_rows_answered_than_read_are_no_part_of_them() -> None:
    """Generated rows: the card and the slide draw no area, which would not be to scale."""
    days = [{"day": dt.date(2025, 3, 9), "requests": 1, "errors": 0}]
    document = year_documents.made(
        {
            "days": days,
            "hours": [{"hour_of_day": 1, "requests": 1}],
            "bytes_read": 9,
            "rows_read": 2,
            "result_rows": 3,
        }
    )
    story = USAGE.tell(document, "Acme")
    read = card(story, "read", "1080x1920", default_theme(), shared_fonts())
    page = slideshow(story, Links("k", "/static/x"), default_theme()).body.decode()

    assert "rows answered" not in read.svg
    assert "rows answered" not in page


def test_a_drawing_on_a_card_says_what_it_shows() -> None:
    """A card travels without its page: bars and areas have their words with them."""
    svgs = {
        name: card(
            USAGE.tell(year_documents.rich(), "Acme"), name, "1200x630", default_theme(), shared_fonts()
        ).svg
        for name in ("peak", "read", "storage", "calendar")
    }

    assert "median active day" in svgs["peak"] and "peak day" in svgs["peak"]
    assert "Field: rows processed. In it: rows answered." in svgs["read"]
    assert "the largest data source" in svgs["storage"]
    assert len(re.findall(r">[JFMASOND]</text>", svgs["calendar"])) == 12


@pytest.mark.parametrize("size", ["1080x1920", "1200x630"])
def test_without_a_request_the_summary_tells_large_what_there_is(size: str) -> None:
    """And does not repeat it in small."""
    svg = card(
        USAGE.tell(year_documents.idle(), "Idle"), "summary", size, default_theme(), shared_fonts()
    ).svg

    assert svg.count("bytes kept") == 1
    told = re.search(r'font-size="([\d.]+)"[^>]*>10</text>', svg)
    assert told is not None and float(told[1]) > 100


def test_without_a_request_the_figures_stand_where_the_skyline_would() -> None:
    """The foot of the upright summary is not left empty, for one figure as for several."""
    written = {"ingestion_bytes": 8, "ingestion_rows": 1, "ingestion_operations": 1}
    documents = {
        "busy": year_documents.rich(),
        "one": year_documents.idle(),
        "two": year_documents.made({"storage_bytes": 10, "storage_rows": 1, **written}),
    }
    lowest = {}
    for name, document in documents.items():
        drawn = card(USAGE.tell(document, "Acme"), "summary", "1080x1920", default_theme(), shared_fonts())
        lowest[name] = max(y for _, _, y, _, _ in _texts(drawn.svg) if y < 1814)

    assert lowest["busy"] < 1450
    assert 1500 < lowest["two"] < 1790 and 1600 < lowest["one"] < 1790


def test_no_word_stands_alone_on_the_last_line() -> None:
    """Lines are as alike as they can be, and as few as before."""
    setter = Setter(shared_fonts())
    text = "That is 32 requests for every person in Iceland."
    assert setter.broken(text, 440, 27, 3)[-1] == "Iceland."
    assert setter.balanced(text, 440, 27, 3) == ["That is 32 requests for", "every person in Iceland."]
    assert setter.balanced("", 450, 27, 3) == []


def test_the_skyline_is_as_high_as_the_days() -> None:
    """Linear, the peak at the top."""
    document = year_documents.rich()
    heights = [100 - float(y) for y in re.findall(r"V([\d.]+)h1", calendar.skyline(document) or "")]
    most = max(document.days)
    chosen = random.Random(1).sample(range(365), 40)
    assert [heights[i] for i in chosen] == pytest.approx(
        [max(100 * document.days[i] / most, 0.6 if document.days[i] else 0) for i in chosen], abs=0.01
    )
