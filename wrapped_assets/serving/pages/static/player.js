// Autoplay: from slide to slide until the last one. It waits while the tab is hidden, while a finger holds the page and
// when told to; with reduced motion it starts paused. The live region speaks only while it does not run.

import { reduced } from "./motion.js";

const READING = 7000;

export class Player {
  #playing = false;
  #held = false;
  #progress = null;

  constructor(deck, button) {
    this.deck = deck;
    this.button = button;
    deck.addEventListener("change", () => this.#restart());
    document.addEventListener("visibilitychange", () => this.#follow());
    button.addEventListener("click", () => this.toggle());
  }

  begin() {
    this.#set(!reduced.matches);
  }

  get playing() {
    return this.#playing;
  }

  toggle() {
    if (!this.#playing && this.deck.at === this.deck.last) this.deck.go(0);
    this.#set(!this.#playing);
  }

  hold(held) {
    this.#held = held;
    this.#follow();
  }

  #set(playing) {
    this.#playing = playing;
    this.button.ariaLabel = playing ? "Pause" : "Play";
    this.button.querySelector("path").setAttribute("d", playing ? "M6 4h4v16H6zM14 4h4v16h-4z" : "M7 4l12 8-12 8z");
    this.deck.told.setAttribute("aria-live", playing ? "off" : "polite");
    if (playing && !this.#progress) this.#restart();
    else this.#follow();
  }

  #restart() {
    this.#progress?.cancel();
    this.#progress = null;
    if (!this.#playing) return;
    const bar = this.deck.segments[this.deck.at]?.querySelector("i");
    if (!bar) return;
    this.#progress = bar.animate([{ transform: "scaleX(0)" }, { transform: "none" }], { duration: READING });
    this.#progress.onfinish = () => {
      this.#progress = null;
      this.#on();
    };
    this.#follow();
  }

  #on() {
    if (this.deck.at === this.deck.last) this.#set(false);
    else this.deck.next({ focus: false });
  }

  #follow() {
    if (!this.#progress) return;
    if (document.hidden || this.#held || !this.#playing) this.#progress.pause();
    else this.#progress.play();
  }
}
