"""The film of a year: what it shows, that it is made once, and that nothing of it stays behind when making it fails."""

import io
import os
import re
import subprocess
import sys
import threading
from itertools import accumulate
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageChops, ImageStat
from starlette.responses import Response

from tests.browser import chromium
from tests.pages_server import SUBJECTS, serving
from wrapped_assets.products.usage import USAGE
from wrapped_assets.serving.cards import film, films, raster
from wrapped_assets.serving.cards.card_layout import Card, names
from wrapped_assets.serving.cards.films import Films, NotFilmed
from wrapped_assets.serving.http.byte_ranges import ranged
from wrapped_assets.serving.pages.theme import default_theme
from wrapped_assets.serving.site import Site
from wrapped_assets.slides.glyphs import shared_fonts

pytestmark = pytest.mark.proof

IDLE = SUBJECTS["idle"]
STORY = USAGE.tell(IDLE.document, IDLE.name)
SECONDS = 2.6 + 0.6 + 4


@pytest.fixture(scope="module")
def cards() -> list[Card]:
    return film.cards(STORY, default_theme(), shared_fonts(), "light")


@pytest.fixture(scope="module")
def made(cards: list[Card], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return Films(tmp_path_factory.mktemp("films")).of("a", cards)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every process that is started to make a film, as it really is."""
    started: list[Any] = []
    run = subprocess.run

    def noted(*args: Any, **kwargs: Any) -> Any:
        started.append(args)
        return run(*args, **kwargs)

    monkeypatch.setattr(subprocess, "run", noted)
    return started


def test_it_is_upright_h264_that_every_player_has(made: bytes) -> None:
    """1080 by 1920, yuv420p in the colours of high definition, its index first so that it plays while it loads."""
    with av.open(io.BytesIO(made), "r") as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.pix_fmt) == ("h264", "yuv420p")
        assert (video.width, video.height) == (1080, 1920)
        assert video.codec_context.colorspace == 1
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(SECONDS, abs=0.05)
    assert made.index(b"moov") < made.index(b"mdat")


def test_the_cards_come_in_the_order_of_the_story_and_the_summary_last(
    made: bytes, cards: list[Card]
) -> None:
    """Each stands for its time and looks as the card does."""
    with av.open(io.BytesIO(made), "r") as container:
        frames = [(frame.time, frame.to_image()) for frame in container.decode(video=0)]
    stills = [raster.png(card.svg, card.fonts) for card in cards]
    first = [image for time, image in frames if time <= 2.5]
    last = [image for time, image in frames if time >= 2.6 + 0.6]

    assert names(STORY) == ["summary", "storage"]
    assert [card.alt.split(":")[0].split(",")[0] for card in cards] == ["Storage", "Idle"]
    assert all(_unlike(image, stills[0]) < 3 < _unlike(image, stills[1]) for image in first)
    assert all(_unlike(image, stills[1]) < 3 < _unlike(image, stills[0]) for image in last)
    assert (len(first), len(last)) == (5, 6)


def test_between_two_cards_the_next_one_grows_and_never_shrinks() -> None:
    """From nothing of it to all of it, bar after bar."""
    before, after = (Image.new("L", (1080, 1920), shade) for shade in (0, 255))
    grown = [ImageStat.Stat(film.changing(before, after, step / 15)).mean[0] for step in range(16)]

    assert (grown[0], grown[-1]) == (0, 255)
    assert [*accumulate(grown, max)] == grown
    half = film.changing(before, after, 0.5).resize((6, 1), Image.Resampling.BOX)
    assert [*half.tobytes()] == sorted(half.tobytes(), reverse=True)


def _unlike(image: Image.Image, card: bytes) -> float:
    """The mean difference of two pictures, of 255."""
    with Image.open(io.BytesIO(card)) as opened:
        difference = ImageChops.difference(image, opened.convert("RGB"))
    return max(ImageStat.Stat(difference).mean)


def test_chromium_plays_it() -> None:
    """It finds the length and the size, and arrives at the last frame."""
    with serving() as origin, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{origin}/wrapped/idle/story.mp4")
        told = page.evaluate(
            """() => new Promise((done, fail) => {
                const video = document.querySelector("video");
                video.onerror = () => fail(new Error(video.error.message));
                video.onended = () => done([video.videoWidth, video.videoHeight, video.duration]);
                video.muted = true; video.playbackRate = 16; video.play();
            })"""
        )
        page.close()

    assert told[:2] == [1080, 1920]
    assert told[2] == pytest.approx(SECONDS, abs=0.05)


def filmed(films: Films, cards: list[Card]) -> bytes:
    """The film of these cards, under the first one's name."""
    return films.of(cards[0].alt, cards)


def test_however_many_ask_at_once_it_is_made_once(
    cards: list[Card], tmp_path: Path, children: list[Any]
) -> None:
    """By several workers: each has an object of its own on the same folder."""
    answers: list[bytes] = []
    asking = [
        threading.Thread(target=lambda: answers.append(filmed(Films(tmp_path), cards[:1]))) for _ in range(4)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()

    assert len(children) == 1
    assert len(answers) == 4 and len(set(answers)) == 1
    assert sorted(path.suffix for path in tmp_path.iterdir()) == ["", ".mp4"]


def test_another_name_is_another_film(cards: list[Card], tmp_path: Path, children: list[Any]) -> None:
    """And is not made again while it is there."""
    kept = Films(tmp_path)
    first, other = filmed(kept, cards[:1]), filmed(kept, cards[1:])

    assert first != other
    assert (filmed(kept, cards[:1]), len(children)) == (first, 2)


def test_what_was_asked_for_longest_ago_makes_room(
    cards: list[Card], tmp_path: Path, children: list[Any]
) -> None:
    """The folder never holds more than it may."""
    one, other = filmed(Films(tmp_path / "a"), cards[:1]), filmed(Films(tmp_path / "b"), cards[1:])
    kept = Films(tmp_path / "c", most_bytes=max(len(one), len(other)))
    filmed(kept, cards[:1])
    filmed(kept, cards[1:])

    assert [path.read_bytes() for path in kept.folder.glob("*.mp4")] == [other]


def test_what_a_killed_worker_left_behind_is_cleared_away(cards: list[Card], tmp_path: Path) -> None:
    """Half a film is never shown."""
    kept = Films(tmp_path)
    (tmp_path / "0123.part").write_bytes(b"half")
    (tmp_path / f"{cards[0].alt}.part").write_bytes(b"half")

    assert len(filmed(kept, cards[:1])) > 10_000
    assert not list(tmp_path.glob("*.part"))


def test_a_failure_says_what_was_seen_and_leaves_no_film(cards: list[Card], tmp_path: Path) -> None:
    """The next who asks gets another try."""
    kept = Films(tmp_path)

    with pytest.raises(
        NotFilmed, match=r"film of 1 cards was not made.\n  The encoder said: .*resvg.*\n  Next: "
    ):
        filmed(kept, [Card("<svg", (), "x")])

    assert not list(tmp_path.glob("*.mp4"))


def test_one_that_takes_too_long_is_ended(
    cards: list[Card], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the lock is free again."""
    kept = Films(tmp_path)
    with monkeypatch.context() as hurried:
        hurried.setattr(films, "SECONDS", 0.001)
        with pytest.raises(NotFilmed, match=r"nothing for 0\.001 seconds"):
            filmed(kept, cards[:1])

    assert len(filmed(kept, cards[:1])) > 10_000


# Offered where it is there.


@pytest.fixture
def plain() -> Site:
    return Site("https://wrapped.example.com")


@pytest.fixture
def filming() -> Site:
    site = Site("https://wrapped.example.com")
    site.has_film = True
    return site


def test_without_the_extra_it_is_not_found_and_not_offered(plain: Site) -> None:
    """As any part that no page has, byte for byte."""
    film_, unknown = (plain.answer(f"/wrapped/idle/{part}", IDLE, {}) for part in ("story.mp4", "nothing"))

    assert (film_.status_code, film_.body, film_.headers) == (404, unknown.body, unknown.headers)
    assert b"story.mp4" not in plain.answer("/wrapped/idle", IDLE, {}).body
    assert b'"film":null' in plain.answer("/wrapped/idle/story.json", IDLE, {}).body


def test_with_the_extra_the_closing_slide_offers_it(filming: Site) -> None:
    """As a file with a name, and in story.json with its whole address."""
    page = bytes(filming.answer("/wrapped/idle", IDLE, {}).body).decode()

    (offered,) = re.findall(r"<a [^>]*story\.mp4[^>]*>", page)
    assert 'href="/wrapped/idle/story.mp4"' in offered and 'download="2025-wrapped.mp4"' in offered
    assert (
        b'"film":"https://wrapped.example.com/wrapped/idle/story.mp4"'
        in filming.answer("/wrapped/idle/story.json", IDLE, {}).body
    )


# In parts.

WHOLE = Response(b"0123456789", headers={"etag": '"a"'}, media_type="video/mp4")


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-30", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=5-2", 200, b"0123456789", None),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
        ("", 200, b"0123456789", None),
    ],
)
def test_a_player_gets_the_part_it_asks_for(asked: str, status: int, body: bytes, told: str | None) -> None:
    """RFC 9110; what it does not define is answered whole."""
    reply = ranged(WHOLE, {"range": asked})

    assert (reply.status_code, reply.body) == (status, body)
    assert reply.headers.get("content-range") == told
    assert reply.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(("version", "status"), [('"a"', 206), ('"b"', 200)])
def test_a_part_of_an_older_version_is_answered_whole(version: str, status: int) -> None:
    """If-Range: halves of two films are never put together."""
    assert ranged(WHOLE, {"range": "bytes=0-1", "if-range": version}).status_code == status


def test_its_process_has_limits_and_lets_pages_go_first() -> None:
    """Memory and processor end by themselves, whatever FFmpeg does."""
    shown = (
        "print(*resource.getrlimit(resource.RLIMIT_AS), *resource.getrlimit(resource.RLIMIT_CPU), os.nice(0))"
    )
    code = (
        "import os, resource; from wrapped_assets.serving.cards import film_child as child;"
        f"child.write = lambda cards, path: {shown}; child.main()"
    )
    told = subprocess.run([sys.executable, "-c", code, "x"], input=b"[]", capture_output=True, check=True)

    memory, hardest, seconds, last, nice = map(int, told.stdout.split())
    assert memory == hardest == 2 * 1024**3 and seconds == last == 60
    assert nice == min(os.nice(0) + 5, 19)
