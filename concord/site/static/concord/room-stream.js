// A room's posts arrive by server-sent events and are put where they belong, without moving what is being read.
//
// <ol class="posts" id="posts" data-stream="/live/?s=room:…" data-last="412">
// Events: `post` (a server-rendered part), `change` (a part that replaces the one with its id), `gone` (the id of
// a post, or JSON {"id"}), `brake` (a part for #brake), `reset` and `cut` (load the page again), `reconnect`
// (milliseconds to wait). The stream closes while the tab is hidden and resumes where it stopped.
(() => {
  "use strict";
  const posts = document.getElementById("posts");
  if (!posts || !("EventSource" in window)) return;
  const line = document.getElementById("stream-line");
  const newer = document.getElementById("newer");
  let source = null;
  let last = posts.dataset.last || "";
  let unseen = 0;
  let wait = 1000;
  let timer = 0;

  const atTheEnd = () => {
    const page = document.documentElement;
    return page.scrollHeight - page.clientHeight - scrollY < 120;
  };
  const toTheEnd = () => scrollTo({ top: document.documentElement.scrollHeight });
  const say = (words) => { if (line) line.textContent = words || ""; };

  const count = (n) => {
    unseen = n;
    if (!newer) return;
    newer.hidden = n === 0;
    newer.textContent = (newer.dataset.words || "%n new").replace("%n", n);
  };
  const part = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    return holder.content.firstElementChild;
  };
  const place = (element) => {
    if (!element) return;
    const known = element.id && document.getElementById(element.id);
    if (known) {
      known.replaceWith(element);
      return;
    }
    const parent = element.dataset.under && document.getElementById(element.dataset.under);
    if (parent) {
      let comments = parent.querySelector(".comments");
      if (!comments) {
        comments = document.createElement("ol");
        comments.className = "comments";
        parent.append(comments);
      }
      comments.append(element);
      return;
    }
    const reading = !atTheEnd() || document.hidden;
    posts.append(element);
    if (reading) count(unseen + 1);
    else toTheEnd();
  };
  const remove = (data) => {
    let id = data.trim();
    if (id.startsWith("{")) id = String(JSON.parse(id).id);
    const post = document.getElementById(id) || document.getElementById("post-" + id);
    if (!post) return;
    const held = post.contains(document.activeElement);
    const words = document.createElement(post.tagName);
    words.className = "post gone";
    words.id = post.id;
    words.textContent = posts.dataset.gone || "";
    post.replaceWith(words);
    if (held) posts.focus();
  };

  const open = () => {
    clearTimeout(timer);
    if (source || document.hidden) return;
    const address = new URL(posts.dataset.stream, location.href);
    if (last) address.searchParams.set("after", last);
    source = new EventSource(address);
    source.onopen = () => { wait = 1000; say(""); };
    source.onerror = () => again(posts.dataset.offline);
    const on = (name, act) => source.addEventListener(name, (event) => {
      if (event.lastEventId) last = event.lastEventId;
      act(event.data);
    });
    on("post", (data) => place(part(data)));
    on("change", (data) => place(part(data)));
    on("gone", remove);
    on("brake", (data) => {
      const brake = document.getElementById("brake");
      if (brake) brake.replaceChildren(...[part(data)].filter(Boolean));
    });
    on("reset", () => { close(); location.reload(); });
    on("cut", () => { close(); location.reload(); });
    on("reconnect", (data) => { close(); timer = setTimeout(open, Number(data) || 1000 + Math.random() * 4000); });
  };
  const close = () => {
    if (source) source.close();
    source = null;
  };
  const again = (words) => {
    close();
    say(words);
    if (document.hidden) return;
    clearTimeout(timer);
    timer = setTimeout(open, wait + Math.random() * wait);
    wait = Math.min(wait * 2, 30000);
  };

  if (newer) newer.addEventListener("click", () => { count(0); toTheEnd(); });
  addEventListener("scroll", () => { if (unseen && atTheEnd()) count(0); }, { passive: true });
  addEventListener("online", open);
  addEventListener("offline", () => say(posts.dataset.offline));
  addEventListener("pagehide", close);
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  if (!location.hash) toTheEnd();
  open();
})();
