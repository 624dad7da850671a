// How slides change: a curtain in the new slide's ground closes over the old one, then the new slide's parts
// arrive one after another. Only transforms and opacity move, so nothing is laid out again. Everything can be
// finished at any moment and then looks as if it had ended by itself.

import { count } from "./counter.js";

const EASE = "cubic-bezier(.7,0,.2,1)";
const OUT = "cubic-bezier(.2,.9,.3,1)";
const CLOSE = 420;

export const reduced = matchMedia("(prefers-reduced-motion: reduce)");

// Curtains, by the name in data-enter: boxes (left, top, width, height in percent) and how each grows to that size.
// `way` is 1 forwards and -1 backwards, when everything comes from the other side.
const CURTAINS = {
  // Bars that grow, then widen.
  bars: (way) =>
    Array.from({ length: 12 }, (_, i) => ({
      box: [(i * 100) / 12 - 0.1, 0, 100 / 12 + 0.2, 100],
      origin: way > 0 ? "50% 100%" : "50% 0",
      frames: [{ transform: "scale(.12,0)" }, { transform: "scale(.12,1)", offset: 0.55 }, { transform: "none" }],
      delay: (way > 0 ? i : 11 - i) * 14,
    })),
  // Lines that rotate out of the centre and close into a plane.
  lines: (way) =>
    Array.from({ length: 6 }, (_, i) => ({
      box: [-60, -60, 220, 220],
      origin: "50% 50%",
      frames: [
        { transform: `rotate(${way * (i * 30 - 90)}deg) scale(0,.004)` },
        { transform: `rotate(${way * i * 30}deg) scale(1,.004)`, offset: 0.5 },
        { transform: `rotate(${way * i * 30}deg) scale(1,${i ? 0.3 : 1})` },
      ],
      delay: i * 12,
    })),
  // Rectangles from the corners.
  corners: (way) =>
    [
      [0, 0, "0 0"],
      [50, 0, "100% 0"],
      [0, 50, "0 100%"],
      [50, 50, "100% 100%"],
    ].map(([left, top, origin], i) => ({
      box: [left - 0.1, top - 0.1, 50.2, 50.2],
      origin,
      frames: [{ transform: "scale(0)" }, { transform: "none" }],
      delay: (way > 0 ? i : 3 - i) * 40,
    })),
};

// How the old slide goes meanwhile, by the name in data-leave.
const LEAVES = {
  lift: (way) => [{ transform: "none" }, { transform: `translateY(${-8 * way}%)` }],
  shrink: () => [{ transform: "none" }, { transform: "scale(.92)" }],
  bars: (way) => [{ transform: "none" }, { transform: `translateX(${-6 * way}%)` }],
};

// How parts of a slide arrive, by the name in data-motion.
const ARRIVALS = {
  rise: (way) => [{ transform: `translateY(${1.5 * way}rem)`, opacity: 0 }, { transform: "none", opacity: 1 }],
  grow: (way) => [{ transform: "scaleY(0)", transformOrigin: way > 0 ? "0 100%" : "0 0" }, { transform: "none", transformOrigin: way > 0 ? "0 100%" : "0 0" }],
  widen: () => [{ transform: "scaleX(0)", transformOrigin: "0 50%" }, { transform: "none", transformOrigin: "0 50%" }],
  growwiden: () => [
    { transform: "scale(.1,0)", transformOrigin: "0 100%" },
    { transform: "scale(.1,1)", transformOrigin: "0 100%", offset: 0.6 },
    { transform: "none", transformOrigin: "0 100%" },
  ],
  spin: (way) => [
    { transform: `rotate(${-90 * way}deg) scaleX(0)`, transformOrigin: "50% 50%" },
    { transform: "none", transformOrigin: "50% 50%" },
  ],
  corner: () => [{ transform: "scale(0)", transformOrigin: "0 100%" }, { transform: "none", transformOrigin: "0 100%" }],
  corners: (way) => [
    { transform: "scale(0)", transformOrigin: way > 0 ? "0 0" : "100% 100%" },
    { transform: "none", transformOrigin: way > 0 ? "0 0" : "100% 100%" },
  ],
  wipe: (way) => [{ clipPath: way > 0 ? "inset(0 0 100% 0)" : "inset(100% 0 0 0)" }, { clipPath: "inset(0)" }],
};

export class Motion {
  #running = [];
  #ending = null;

  constructor(curtain) {
    this.curtain = curtain;
  }

  // From one slide to another. The old one stays beneath until the curtain has closed.
  change(from, to, way) {
    if (reduced.matches || document.hidden) return this.settle(to);
    from.classList.add("leaving");
    to.classList.add("arriving");
    this.#draw(to, way);
    this.#ending = () => {
      from.classList.remove("leaving");
      to.classList.remove("arriving");
      this.curtain.classList.remove("drawn");
      this.curtain.replaceChildren();
    };
    this.#animate(from, LEAVES[from.dataset.leave](way), { duration: CLOSE, easing: EASE });
    const closing = this.#running.filter((one) => one.closing).map((one) => one.finished);
    const mine = this.#running;
    Promise.all(closing).then(() => {
      if (this.#running !== mine) return;
      this.finish();
      this.enter(to, way, true);
    }, () => {});
  }

  // The parts of a slide arrive, the later in the document the later.
  enter(slide, way, counting) {
    if (reduced.matches || document.hidden) return;
    [...slide.querySelectorAll("[data-motion]")].forEach((part, i) => {
      const delay = 40 + i * 55;
      if (part.dataset.motion === "count") {
        if (counting) this.#running.push(count(part, delay));
        return;
      }
      this.#animate(part, ARRIVALS[part.dataset.motion](way), { duration: 620, delay, easing: OUT, fill: "backwards" });
    });
  }

  // Everything under way ends now, as it would have ended.
  finish() {
    const running = this.#running;
    this.#running = [];
    for (const one of running) one.cancel();
    this.#ending?.();
    this.#ending = null;
  }

  settle() {
    this.finish();
  }

  get busy() {
    return this.#running.some((one) => one.playState === "running");
  }

  #draw(to, way) {
    const pieces = CURTAINS[to.dataset.enter](way);
    this.curtain.dataset.ground = to.dataset.ground;
    this.curtain.style.background = "none";
    this.curtain.classList.add("drawn");
    for (const { box, origin, frames, delay } of pieces) {
      const piece = document.createElement("i");
      const [left, top, width, height] = box;
      Object.assign(piece.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%`, transformOrigin: origin });
      this.curtain.append(piece);
      this.#animate(piece, frames, { duration: CLOSE, delay, easing: EASE, fill: "both" }).closing = true;
    }
  }

  #animate(part, frames, timing) {
    const animation = part.animate(frames, timing);
    animation.finished.catch(() => {});
    this.#running.push(animation);
    return animation;
  }
}
