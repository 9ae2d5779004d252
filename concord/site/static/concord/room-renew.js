// A room's page that has to be another while somebody writes in it is renewed around the box: no word is lost, and
// what they write lies in the box and nowhere else. Whoever may not be here any more gets the page that says so.
//
// `room:stale` is taken over where something was typed, and ends in `room:renewed` or `room:unanswered`. A stream that
// was refused (`room:refused`) does not say why, for its tab may have lain hidden when it was cut: so the page is asked.
(() => {
  "use strict";
  const STAYS = ["hidden-people", "posts", "hide", "post-acts", "composer"]; // what the room's scripts hold
  const AS_IT_IS = [".room-head .live", "#announced", "#recording", "#video", "#condition", "#refresh"];
  const posts = document.getElementById("posts");
  const box = document.getElementById("text");
  if (!posts) return;

  // A page that answered what was sent stands at the address of sending, where nothing can be read: the room is before it.
  const here = location.pathname.replace(/\/posts$/, "") + location.search;
  const reload = () => {
    history.scrollRestoration = "manual";
    if (here === location.pathname + location.search) location.reload();
    else location.replace(here);
  };
  // The page as it is for this reader now; null where nobody answers. One that refuses them, or leads elsewhere, takes
  // the place of this one.
  const ask = async (method) => {
    try {
      const answer = await fetch(here, { method, redirect: "manual" });
      if (answer.ok) return await answer.text();
      if (answer.status < 500 && answer.status !== 429) reload();
    } catch { /* the line is broken */ }
    return null;
  };
  const each = (name, page, act) => {
    const [old, now] = [document, page].map((one) => one.querySelector(name));
    if (old && now) act(old, now);
  };
  const renew = (page) => {
    const fresh = page.getElementById("posts");
    let above = [];
    [...posts.parentElement.children].forEach((one) => { if (!STAYS.includes(one.id)) one.remove(); });
    [...fresh.parentElement.children].forEach((one) => {
      if (!STAYS.includes(one.id)) { above.push(one); return; }
      document.getElementById(one.id).before(...above);
      above = [];
    });
    posts.replaceChildren(...fresh.childNodes);
    Object.assign(posts.dataset, fresh.dataset);
    each("#hidden-people", page, (old, now) => { old.hidden = now.hidden; });
    AS_IT_IS.forEach((name) => each(name, page, (old, now) => old.replaceWith(now)));
    each("#text", page, (old, now) => { old.readOnly = now.readOnly; });
    each("#write fieldset > button", page, (old, now) => { old.disabled = now.disabled; });
    // Whom they answer may be gone or hidden by now. What they write stays an answer.
    if (!page.querySelector("p[data-once]")) document.querySelectorAll("p[data-once]").forEach((line) => line.remove());
  };

  // A proxy that has no room for a stream, or a server that is away, refuses it as well: only a 404 is an answer.
  document.addEventListener("room:refused", async () => {
    const asked = new AbortController();
    try {
      const answer = await fetch(`/live/?s=${posts.dataset.stream}`, { signal: asked.signal });
      if (answer.status === 404) ask("HEAD");
    } catch { /* the line is broken */ }
    asked.abort();
  });
  document.addEventListener("room:stale", async (event) => {
    if (!box || !box.value.trim()) return;
    event.preventDefault();
    const html = await ask("GET");
    const page = html === null ? null : new DOMParser().parseFromString(html, "text/html");
    const fresh = page && page.getElementById("posts");
    if (fresh && fresh.dataset.me === posts.dataset.me) renew(page);
    else if (page) { reload(); return; }
    document.dispatchEvent(new Event(page ? "room:renewed" : "room:unanswered"));
  });
})();
