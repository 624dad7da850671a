// Fingers, mouse and keys. A tap goes on (right) or back (left), a swipe likewise, a long press holds.

const HOLD = 300;
const SWIPE = 40;

export function listen(deck, player) {
  const stage = document.querySelector(".deck");
  let press = null;

  stage.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button || event.target.closest("a,button")) return;
    press = { x: event.clientX, y: event.clientY, held: false };
    press.timer = setTimeout(() => {
      press.held = true;
      player.hold(true);
    }, HOLD);
  });

  const release = (event, done) => {
    if (!press || !event.isPrimary) return;
    const { x, y, held, timer } = press;
    press = null;
    clearTimeout(timer);
    if (held) player.hold(false);
    if (!done) return;
    const across = event.clientX - x;
    const down = event.clientY - y;
    if (Math.abs(across) > SWIPE && Math.abs(across) > Math.abs(down)) step(across < 0);
    else if (!held && Math.hypot(across, down) < SWIPE / 4) step(event.clientX > innerWidth / 2);
  };
  const step = (on) => (on ? deck.next() : deck.previous());

  addEventListener("pointerup", (event) => release(event, true));
  addEventListener("pointercancel", (event) => release(event, false));
  stage.addEventListener("contextmenu", (event) => press && event.preventDefault());
  stage.addEventListener("dragstart", (event) => event.preventDefault());

  // Whoever zoomed in looks around with one finger: then the browser has it, and no slide is turned.
  visualViewport.addEventListener("resize", () => stage.classList.toggle("zoomed", visualViewport.scale > 1.05));

  document.querySelector("[data-act=next]").addEventListener("click", () => deck.next({ focus: false }));
  document.querySelector("[data-act=previous]").addEventListener("click", () => deck.previous({ focus: false }));
  deck.segments.forEach((segment, i) =>
    segment.addEventListener("click", () => deck.go(i)),
  );

  const KEYS = {
    ArrowRight: () => deck.next(),
    ArrowLeft: () => deck.previous(),
    Home: () => deck.go(0),
    End: () => deck.go(deck.last),
    " ": () => player.toggle(),
  };
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === " " && event.target.closest("a,button")) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  addEventListener("hashchange", () => {
    const index = deck.slides.findIndex((slide) => `#${slide.id}` === location.hash);
    if (index >= 0) deck.go(index);
  });
}
