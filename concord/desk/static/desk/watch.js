// The watch stays calm: what is new shows by itself only while nothing in that part is being read or typed; else
// a button counts it. What was removed goes at once. A page that nobody sees asks for nothing: it is not watching. Each
// asking costs the server, and in a raid everybody watches: posts are asked for every few seconds, flags soon.
(() => {
  "use strict";
  const SOON = 700;
  const PAUSE = 4000;
  const parts = [...document.querySelectorAll("[data-calm]")];
  const news = new Map(parts.map((part) => [part, 0]));
  const timers = new Map();
  const asked = new Set();
  const askedAt = new Map();
  const heard = document.getElementById("flags-heard");

  const busy = (part) =>
    part.contains(document.activeElement) ||
    part.querySelector(".chosen, details[open]") ||
    [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value) ||
    (part.id === "watch-now" && scrollY > part.offsetTop);
  const refresh = (part) => {
    news.set(part, 0);
    askedAt.set(part, performance.now());
    htmx.trigger(part, "fresh");
  };
  // Said once to whoever hears the page, wherever they are on it.
  const say = (part) => {
    if (part !== flags || !heard) return;
    heard.textContent = heard.dataset.words.replace("%n", news.get(part));
    setTimeout(() => { heard.textContent = ""; }, PAUSE);
  };
  const settle = (part) => {
    timers.delete(part);
    if (!news.get(part)) return;
    say(part);
    if (!busy(part)) { refresh(part); return; }
    const button = part.querySelector("[data-newer]");
    button.textContent = part.dataset.words.replace("%n", news.get(part));
    button.hidden = false;
  };
  const hear = (part) => {
    if (!part) return;
    news.set(part, news.get(part) + 1);
    if (timers.has(part)) return;
    const since = performance.now() - (askedAt.get(part) || -PAUSE);
    timers.set(part, setTimeout(settle, part === flags ? SOON : Math.max(SOON, PAUSE - since), part));
  };
  const now = document.getElementById("watch-now");
  const flags = document.getElementById("watch-flags");
  const on = (name, act) => document.body.addEventListener("live:" + name, (event) => act(event.detail || {}));

  // A page of what came earlier stays what it is: new posts belong on another.
  on("post", () => { if (now && !("earlier" in now.dataset)) hear(now); });
  on("restored", () => hear(now));
  // What somebody else looks at, or is called now, shows when nothing here is being read; it is no news to count.
  on("claim", () => { if (!busy(flags)) refresh(flags); });
  on("renamed", () => { if (!busy(now)) refresh(now); });
  on("flag", () => { hear(flags); hear(now); });
  const look = (part) => { if (part) htmx.trigger(part, "fresh"); };
  // Something waits, and it is not said what: while words are lost, this is all that comes of a flag.
  on("inbox", () => look(flags));
  // What is its reader's no more goes at once, whatever they read or type there.
  on("gone", ({ id }) => {
    const item = document.getElementById("flag-" + id);
    if (item) item.remove();
    look(flags);
  });
  const takeAway = (row) => {
    row.querySelectorAll("[formaction]").forEach((button) => button.remove());
    const said = document.createElement("p");
    said.className = "said quiet";
    said.textContent = now.dataset.gone;
    row.querySelector(".said").replaceWith(said);
  };
  on("removed", ({ id }) => {
    const row = document.getElementById("post-" + id);
    if (row) takeAway(row);
  });
  // A newer list that may not be shown yet still says what has gone: it holds everything down to its last row.
  const moment = (row) => row.querySelector("time").dateTime;
  const compare = (list) => {
    const rows = [...list.querySelectorAll("li[id]")];
    const held = [...now.querySelectorAll("li[id]")];
    const reaches = rows.length < Number(now.dataset.most) ? "" : moment(rows.at(-1));
    held.filter((row) => !list.getElementById(row.id) && moment(row) > reaches).forEach(takeAway);
    return rows.some((row) => !document.getElementById(row.id));
  };
  // A flag that is not there yet, or whose answer would be for more than it was.
  const isFor = (item) => [...item.querySelectorAll("[name=with], [name=shown]")].map((one) => one.value).join();
  const isMore = (item) => {
    const held = document.getElementById(item.id);
    return !held || isFor(held) !== isFor(item);
  };
  // What happened before the stream was open, or while it was not, is not told again: look once.
  on("open", () => parts.forEach((part) => { if (busy(part)) look(part); else refresh(part); }));
  on("open", () => (flags ? flags.querySelectorAll("[data-still]") : []).forEach((item) => {
    if (!item.querySelector("details[open]")) return;
    fetch(item.dataset.still, { headers: { "HX-Request": "true" } }).then((answer) => { if (answer.status === 404) item.remove(); }, () => {});
  }));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-newer]");
    if (!button) return;
    asked.add(button.closest("[data-calm]"));
    refresh(button.closest("[data-calm]"));
  });
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.closest(".watch, #watch-empty")) event.preventDefault();
  });
  // Rooms open and close while the page lies here: what is listened to follows the list of them.
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
    const rooms = detail.target.querySelector(":scope > [data-hears]");
    if (!rooms || rooms.dataset.hears === document.body.dataset.stream) return;
    document.body.dataset.stream = rooms.dataset.hears;
    document.body.dispatchEvent(new Event("stream"));
  });
  // An alarm is read aloud when it begins or changes, not with each asking.
  const words = (part) => {
    const copy = part.cloneNode(true);
    copy.querySelectorAll("time").forEach((time) => time.remove());
    return copy.textContent.trim();
  };
  document.body.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    if (detail.target.id === "unwatched" && words(detail.target) === words(detail.fragment)) detail.shouldSwap = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.body.dispatchEvent(new CustomEvent("live:condition"));
  });
  // An answer that comes while somebody has begun to type or read here must not take that away.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const part = event.detail.target;
    if (!parts.includes(part) || asked.delete(part) || !busy(part)) return;
    event.detail.shouldSwap = false;
    const list = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    const more = part === now ? Number(compare(list)) : [...list.querySelectorAll("[data-item]")].filter(isMore).length;
    if (!more) return;
    news.set(part, Math.max(news.get(part), more) - 1);
    hear(part);
  });
})();
