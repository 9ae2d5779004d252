// A room's posts arrive by server-sent events and are put where they belong, without moving what is being read.
//
//   <ol class="posts" id="posts" data-stream="room:UUID" data-last="412" data-me="…" data-hidden="… …"
//       data-gone="This post was removed." data-offline="You are offline. …">
//
// A frame is the same for everyone, so this page adds what is its reader's own: <template id="post-acts"> is cloned
// into .post-acts and its addresses are made for the post, a post whose data-by is data-me becomes .own, one whose
// data-by is among data-hidden is left out. What else the room says of itself is handed on as `room:condition`
// (room-above.js). The stream closes while the tab is hidden and resumes after the last number seen.
//
// A page of something said before has data-fixed: nothing new is put there, but whatever is removed goes, a name that
// changed changes, and who is cut off is, as in the room.
(() => {
  "use strict";
  const ANY_POST = "00000000-0000-0000-0000-000000000000";
  const posts = document.getElementById("posts");
  if (!posts || !("EventSource" in window)) return;
  const fixed = "fixed" in posts.dataset;
  const line = document.getElementById("stream-line");
  const newer = document.getElementById("newer");
  const refresh = document.getElementById("refresh");
  const acts = document.getElementById("post-acts");
  let source = null;
  let last = Number(posts.dataset.last) || 0;
  let unseen = 0;
  let wait = 1000; // none after a stream was open
  let timer = 0;
  let resting = true; // at the newest, so that a smaller window stays there

  const open = () => {
    clearTimeout(timer);
    if (source || document.hidden) return;
    source = new EventSource(`/live/?s=${posts.dataset.stream}@${last}`);
    source.onopen = () => { wait = 0; say(""); live(!fixed); };
    source.onerror = again;
    on("post", (data) => {
      if (fixed) return;
      const post = part(data.html);
      if (!hides(post.dataset.by)) place(post);
    });
    on("restored", (data) => { if (document.getElementById("post-" + data.post)) place(part(data.html)); });
    on("removed", (data) => remove("post-" + data.post));
    on("renamed", (data) => renamed(data.by, part(data.html)));
    on("condition", (data) => document.dispatchEvent(new CustomEvent("room:condition", { detail: data })));
    on("reset", reload);
    on("cut", reload);
    on("reconnect", (data) => { close(); timer = setTimeout(open, data.after_ms || 3000); });
    on("crowded", () => { close(); say(posts.dataset.crowded); });
  };
  const on = (name, act) => source.addEventListener(name, (event) => {
    const data = JSON.parse(event.data || "{}");
    if (data.number) last = Math.max(last, data.number);
    act(data);
  });
  const close = () => {
    if (source) source.close();
    source = null;
  };
  const again = () => {
    close();
    live(false);
    say(posts.dataset.offline);
    if (document.hidden) return;
    clearTimeout(timer);
    // What had been open ended for everybody at once, for all one knows: they come back spread over ten seconds.
    timer = setTimeout(open, wait ? wait + Math.random() * wait : 500 + Math.random() * 9500);
    wait = Math.min(wait * 2 || 1000, 30000);
  };
  // What comes instead of the room is read from its beginning; the room itself goes to its end as it opens.
  const reload = () => { close(); history.scrollRestoration = "manual"; location.reload(); };
  const live = (now) => { if (refresh) refresh.hidden = now; };
  const say = (words) => { if (line) line.textContent = words || ""; };

  const hides = (who) => Boolean(who) && (posts.dataset.hidden || "").split(" ").includes(who);
  const part = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const post = holder.content.firstElementChild;
    const place = post.querySelector(".post-acts");
    if (post.dataset.by && post.dataset.by === posts.dataset.me) post.classList.add("own");
    if (acts && place && !place.childElementCount) {
      const own = acts.content.cloneNode(true);
      own.querySelectorAll("[name=who]").forEach((button) => {
        if (post.classList.contains("own")) button.remove();
        else button.value = post.dataset.by;
      });
      own.querySelectorAll("[href]").forEach((link) => {
        const address = link.getAttribute("href").replace(ANY_POST, post.dataset.post);
        link.setAttribute("href", address.replace("answer=0", "answer=" + post.dataset.number));
      });
      place.append(own);
    }
    const to = post.querySelector("a.to");
    if (to && hides(to.dataset.to)) to.querySelectorAll("bdi").forEach((name) => name.remove());
    return post;
  };
  const place = (post) => {
    const known = document.getElementById(post.id);
    if (known) {
      const comments = known.querySelector(".comments");
      if (comments && !post.querySelector(".comments")) post.append(comments);
      known.replaceWith(post);
      return;
    }
    const parent = post.dataset.under && document.getElementById(post.dataset.under);
    const follow = !parent && atTheEnd() && !document.hidden;
    inOrder(parent ? commentsOf(parent) : posts, post);
    if (follow) toTheEnd();
    else count(unseen + 1);
    resting = follow;
  };
  const inOrder = (list, post) => {
    const number = Number(post.dataset.number) || Infinity;
    const after = [...list.children].reverse().find((one) => Number(one.dataset.number) < number);
    if (after) after.after(post);
    else if (number === Infinity || !list.children.length) list.append(post);
    else list.prepend(post);
  };
  const commentsOf = (post) => {
    let comments = post.querySelector(".comments");
    if (!comments) {
      comments = document.createElement("ol");
      comments.className = "comments";
      post.append(comments);
    }
    return comments;
  };
  const remove = (id) => {
    const post = document.getElementById(id);
    if (!post) return;
    const held = post.contains(document.activeElement);
    const words = document.createElement("li");
    words.className = "post gone";
    words.id = id;
    words.dataset.number = post.dataset.number || "";
    words.textContent = posts.dataset.gone;
    const comments = post.querySelector(".comments");
    if (comments) words.append(comments);
    post.replaceWith(words);
    const answered = document.querySelector("#write [name=comment_on]");
    if (answered && answered.value === post.dataset.post) document.querySelectorAll("p[data-once]").forEach((line) => line.remove());
    document.querySelectorAll(`a.to[href="#${id}"] bdi`).forEach((name) => name.remove());
    if (held) posts.focus();
  };
  // Somebody changed their name: it stands in every post of theirs at once, and wherever somebody answers them.
  const renamed = (who, by) => {
    const theirs = CSS.escape(who);
    posts.querySelectorAll(`[data-by="${theirs}"] > .post-head .by`).forEach((old) => old.replaceWith(by.cloneNode(true)));
    const name = by.querySelector("bdi");
    if (!name) return;
    document.querySelectorAll(`[data-to="${theirs}"] bdi`).forEach((old) => old.replaceWith(name.cloneNode(true)));
  };
  const atTheEnd = () => {
    const page = document.documentElement;
    return page.scrollHeight - page.clientHeight - scrollY < 120;
  };
  const toTheEnd = () => scrollTo(0, document.documentElement.scrollHeight);
  const stay = () => { if (resting) toTheEnd(); };
  const count = (number) => {
    unseen = number;
    if (!newer) return;
    newer.hidden = number === 0;
    newer.textContent = newer.dataset.words.replace("%n", number);
  };

  if (newer) newer.addEventListener("click", () => { count(0); toTheEnd(); });
  addEventListener("scroll", () => {
    resting = atTheEnd();
    if (unseen && resting) count(0);
  }, { passive: true });
  addEventListener("resize", stay);
  const composer = document.getElementById("composer");
  if (composer && "ResizeObserver" in window) new ResizeObserver(stay).observe(composer);
  addEventListener("online", open);
  addEventListener("offline", again);
  addEventListener("pagehide", close);
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  if (!location.hash && !fixed) toTheEnd();
  resting = atTheEnd();
  open();
})();
