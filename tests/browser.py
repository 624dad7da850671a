"""A real Chromium on the pages: sizes, slow lines, and what the page did, seen from outside."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Request, sync_playwright

from wrapped_assets.slides.glyphs import SHIPPED

CHROMIUM = Path("/usr/bin/chromium")
SIZES = {
    "320x568": (320, 568),
    "390x844": (390, 844),
    "844x390": (844, 390),
    "768x1024": (768, 1024),
    "1440x900": (1440, 900),
}

# A phone has fonts for every script; this machine has at least those of the cards.
FONTS = f"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{SHIPPED}</dir></fontconfig>"""

# Before anything of the page runs: every layout shift is kept.
WATCH = """
window.shifts = [];
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shifts.push({ value: one.value, at: one.startTime, nodes: one.sources.map((s) => s.node?.className ?? s.node?.nodeName) }); }).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Visit:
    """A page that was opened, with everything it asked for."""

    page: Page
    requests: list[Request] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def current(self) -> str:
        """The name of the slide that is shown."""
        return str(self.page.evaluate("document.querySelector('.current').id"))

    @property
    def names(self) -> list[str]:
        """All slides, in order."""
        return list(self.page.evaluate("[...document.querySelectorAll('.slide')].map((slide) => slide.id)"))

    def until(self, condition: str) -> None:
        """Wait for this to hold in the page, ten seconds at most. (Playwright's own waiting needs eval, which the policy forbids.)"""
        self.page.evaluate(
            f"""() => new Promise((done, fail) => {{
                const end = performance.now() + 10000;
                const look = () => ({condition}) ? done(true) : performance.now() > end
                    ? fail(new Error("never came true")) : setTimeout(look, 10);
                look();
            }})"""
        )

    def settle(self) -> None:
        """Wait until no transition, entrance or counter is under way."""
        self.until(
            "!document.querySelector('.leaving,.arriving,[data-counting]') && "
            "document.getAnimations().every((one) => one.playState !== 'running' || one.effect.target.closest('.segments'))"
        )

    def walk(self) -> Iterator[str]:
        """Go through the slides with the right arrow, and stop at each."""
        for name in self.names:
            assert self.current == name
            self.settle()
            yield name
            self.page.keyboard.press("ArrowRight")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine. Without one the test is skipped, except in CI."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing in CI; .ci/run installs it")
        pytest.skip(f"no {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        fonts = Path(folder, "fonts.conf")
        fonts.write_text(FONTS, encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox"],
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        )
        yield browser
        browser.close()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Servers and browsers started inside go before everything else on this machine, where that is allowed (root).

    For measurements: what else runs here, such as the other half of the tests, is no fault of the page.
    """
    scheduler, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))
    try:
        yield
    finally:
        with suppress(PermissionError):
            os.sched_setscheduler(0, scheduler, parameters)


@contextmanager
def visit(
    browser: Browser,
    address: str,
    size: str = "390x844",
    motion: bool = False,
    slow: bool = False,
    deck: bool = True,
    **options: Any,
) -> Iterator[Visit]:
    """The page at this address. `motion` lets it move, `slow` is slow 4G on a slow phone; without `deck` it is no slideshow."""
    width, height = SIZES[size]
    reduced: Any = "no-preference" if motion else "reduce"
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion=reduced, **options
    )
    page = context.new_page()
    seen = Visit(page)
    page.on("request", lambda request: seen.requests.append(request))
    page.on(
        "console",
        lambda message: seen.problems.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: seen.problems.append(str(error)))
    if deck:
        page.add_init_script(WATCH)
    if slow:
        _slow_down(context.new_cdp_session(page))
    page.goto(address)
    if deck:
        page.wait_for_selector("html[data-ready]", timeout=10_000)
        page.evaluate("document.fonts.ready.then(() => true)")
    try:
        yield seen
    finally:
        context.close()


def _slow_down(session: CDPSession) -> None:
    """1.6 Mb/s, 150 ms, a quarter of this machine's speed."""
    session.send("Network.enable")
    line = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
    session.send("Network.emulateNetworkConditions", line)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})


def longest_tasks(trace: bytes, started: float) -> list[float]:
    """The page's own tasks after an instant of its clock (microseconds), in milliseconds of processor, longest first.

    Processor, not wall clock: what else runs on this machine is no fault of the page.
    """
    events = json.loads(trace)["traceEvents"]
    mains = {
        (e["pid"], e["tid"])
        for e in events
        if e.get("name") == "thread_name" and e["args"].get("name") == "CrRendererMain"
    }
    tasks = (
        e
        for e in events
        if e.get("name") == "RunTask" and (e["pid"], e["tid"]) in mains and e["ts"] > started
    )
    return sorted((e.get("tdur", 0) / 1000 for e in tasks), reverse=True)


def instant(trace: bytes, name: str) -> float:
    """When the page set this mark, on the trace's clock."""
    return float(
        next(
            e["ts"]
            for e in json.loads(trace)["traceEvents"]
            if e.get("name") == name and "blink.user_timing" in e.get("cat", "")
        )
    )
