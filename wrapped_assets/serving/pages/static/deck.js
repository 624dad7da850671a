// Which slide is shown. What counts (current, inert, focus, address) changes at once and alone here;
// motion only follows, so ten fast taps are ten slides.

import { Motion } from "./motion.js";

export class Deck extends EventTarget {
  constructor(slides, segments) {
    super();
    this.slides = [...slides.children];
    this.segments = [...segments.children];
    this.told = document.getElementById("told");
    this.motion = new Motion(document.querySelector(".curtain"));
    this.at = -1;
  }

  get last() {
    return this.slides.length - 1;
  }

  // The slide of this name, or the first: where a deep link leads.
  open(name) {
    const index = Math.max(0, this.slides.findIndex((slide) => slide.id === name));
    this.#show(index);
    this.motion.settle(this.slides[index]);
    if (index > 0) this.focus();
    else this.motion.enter(this.slides[0], 1, false);
  }

  next(how) {
    return this.go(this.at + 1, how);
  }

  previous(how) {
    return this.go(this.at - 1, how);
  }

  // Whether there was such a slide. `how.focus` says that a person asked, so focus follows.
  go(index, how = { focus: true }) {
    if (index < 0 || index > this.last || index === this.at) return false;
    const from = this.slides[this.at];
    const direction = index > this.at ? 1 : -1;
    const held = from.contains(document.activeElement);
    this.motion.finish();
    this.#show(index);
    history.replaceState(null, "", `#${this.slides[index].id}`);
    if (how.focus || held) this.focus();
    this.motion.change(from, this.slides[index], direction);
    return true;
  }

  focus() {
    this.slides[this.at].querySelector("h1,h2").focus({ preventScroll: true });
  }

  #show(index) {
    this.at = index;
    this.slides.forEach((slide, i) => {
      slide.classList.toggle("current", i === index);
      slide.inert = i !== index;
      slide.ariaHidden = i === index ? null : "true";
    });
    this.segments.forEach((segment, i) => {
      segment.classList.toggle("past", i < index);
      if (i === index) segment.setAttribute("aria-current", "true");
      else segment.removeAttribute("aria-current");
    });
    document.body.dataset.ground = this.slides[index].dataset.ground;
    this.told.textContent = this.slides[index].getAttribute("aria-label");
    this.#preload(this.slides[index + 1]);
    this.dispatchEvent(new Event("change"));
  }

  // The next slide's pictures and nothing further: an image of a hidden slide loads once it is no longer lazy.
  #preload(slide) {
    for (const image of slide?.querySelectorAll("img") ?? []) image.loading = "eager";
  }
}
