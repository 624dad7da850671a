// Starts the slideshow. Without this script the page is the same slides, one below the other.

import { Deck } from "./deck.js";
import { listen } from "./gestures.js";
import { Player } from "./player.js";
import { offer } from "./share.js";

const deck = new Deck(document.querySelector(".slides"), document.querySelector(".segments"));
const player = new Player(deck, document.querySelector("[data-act=play]"));

listen(deck, player);
offer(document.querySelector("[data-act=share]"));
document.documentElement.classList.add("js");
deck.open(location.hash.slice(1));
player.begin();
// A browser that follows the hash itself takes the focus away again when it has loaded.
addEventListener("load", () => deck.at > 0 && requestAnimationFrame(() => deck.focus()));
performance.mark("interactive");
// Whoever drives the page from outside waits for this.
document.documentElement.dataset.ready = "true";
