// A room's news arrive by server-sent events and are handed on as `room:post`, `room:removed` and so on: posts to
// room-posts.js, how the room is to room-above.js.
//
//   <ol class="posts" id="posts" data-stream="room:UUID" data-last="412" data-offline="You are offline. …">
//
// The stream closes while the tab is hidden and resumes after the last number seen. Where the page has to be another,
// `room:stale` asks whether somebody renews it (room-renew.js); else it is loaded again. A stream that was refused, and
// not merely cut off, is `room:refused`. A page of something said before (data-fixed) is never called live.
(() => {
  "use strict";
  const HANDS_ON = ["post", "restored", "removed", "renamed", "condition"];
  const posts = document.getElementById("posts");
  if (!posts || !("EventSource" in window)) return;
  const fixed = "fixed" in posts.dataset;
  const line = document.getElementById("stream-line");
  let source = null;
  let last = Number(posts.dataset.last) || 0;
  let wait = 1000; // none after a stream was open
  let timer = 0;
  let stale = false; // the page has to be another before anything new is put here
  let asked = false; // and is on its way

  const open = () => {
    clearTimeout(timer);
    if (source || asked || document.hidden) return;
    if (stale) { renew(); return; }
    source = new EventSource(`/live/?s=${posts.dataset.stream}@${last}`);
    source.onopen = () => { wait = 0; say(""); live(!fixed); };
    source.onerror = () => {
      const refused = source && source.readyState === EventSource.CLOSED;
      again();
      if (refused) document.dispatchEvent(new Event("room:refused"));
    };
    HANDS_ON.forEach((name) => on(name, (data) => document.dispatchEvent(new CustomEvent("room:" + name, { detail: data }))));
    on("reset", renew);
    on("cut", renew);
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
  const renew = () => {
    close();
    stale = true;
    asked = !document.dispatchEvent(new Event("room:stale", { cancelable: true }));
    if (asked) return;
    history.scrollRestoration = "manual";
    location.reload();
  };
  const live = (now) => {
    const refresh = document.getElementById("refresh");
    if (refresh) refresh.hidden = now;
  };
  const say = (words) => { if (line) line.textContent = words || ""; };

  document.addEventListener("room:renewed", () => {
    stale = asked = false;
    last = Number(posts.dataset.last) || last;
    open();
  });
  document.addEventListener("room:unanswered", () => { asked = false; again(); });
  addEventListener("online", open);
  addEventListener("offline", again);
  addEventListener("pagehide", close);
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  open();
})();
