// A number whose digits cycle and settle, the leftmost first. It never computes: the exact text stands in the page, written
// by the server in the reader's way, and is put back when the count ends or is cut short. Screen readers get it throughout.

const LASTING = 900;
const STEP = 45;

export function count(part, delay) {
  const exact = part.textContent;
  const digits = exact.replace(/\P{Nd}/gu, "").length;
  const shown = document.createElement("span");
  const spoken = document.createElement("span");
  spoken.className = "hidden";
  spoken.textContent = exact;
  shown.ariaHidden = "true";
  shown.dataset.counting = "true";
  part.replaceChildren(shown, spoken);

  let started = null;
  let frame = 0;
  const counter = {
    playState: "running",
    cancel() {
      cancelAnimationFrame(frame);
      counter.playState = "finished";
      part.textContent = exact;
    },
  };
  const draw = (now) => {
    started ??= now + delay;
    const past = now - started;
    if (past >= LASTING) return counter.cancel();
    const settled = Math.floor((Math.max(past, 0) / LASTING) ** 1.6 * (digits + 1));
    shown.textContent = cycled(exact, settled, Math.floor(now / STEP));
    frame = requestAnimationFrame(draw);
  };
  shown.textContent = cycled(exact, 0, 0);
  frame = requestAnimationFrame(draw);
  return counter;
}

// The text with all digits from the settled-th on replaced: each place turns at a pace of its own.
function cycled(exact, settled, tick) {
  let place = 0;
  return exact.replace(/\p{Nd}/gu, (digit) => {
    place += 1;
    return place <= settled ? digit : String((tick * (place + 2) + place * 7) % 10);
  });
}
