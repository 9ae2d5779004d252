// The desk hears that something changed, never what: each event carries ids only, and the parts of the page that
// care fetch themselves through htmx, as `hx-trigger="live:flag from:body"`. Whatever may change what waits for
// somebody every page hears, also as `live:news`: the first at once, what follows within a second together at its end.
//
// <body data-stream="/live/?s=desk:…"> and an optional <p id="stream-line" data-offline="…">; a page that changes the
// address says so with a `stream` event. data-events="…" names what else a page shows.
//
// A page that shows what may be taken from its reader names it in data-about: on `gone` it looks again (at data-goes,
// where only a press leads to it), and when it comes back it asks data-still whether to. A stream that is refused, and
// not merely cut off, is of somebody who has left the desk: a page that may be of before that is asked for anew.
(() => {
  "use strict";
  if (!document.body.dataset.stream || !("EventSource" in window)) return;
  const waits = ["inbox", "unwatched", "flag", "report", "case", "proposal", "decision", "review"];
  const names = new Set([...waits, ...(document.body.dataset.events || "").split(" ").filter(Boolean)]);
  const about = (document.body.dataset.about || "").split(" ").filter(Boolean);
  const leave = () => location.replace(document.body.dataset.goes || location.pathname + location.search);
  const still = document.body.dataset.still;
  const look = () => {
    if (!still) return;
    fetch(still, { headers: { "HX-Request": "true" } }).then((answer) => { if (answer.status === 404) leave(); }, () => {});
  };
  const line = document.getElementById("stream-line");
  let source = null;
  let wait = 1000; // none after a stream was open
  let timer = 0;
  let older = document.hidden; // it was heard here, or this lay behind another tab: what it shows may be of before

  const tell = (name, detail) => document.body.dispatchEvent(new CustomEvent("live:" + name, { detail }));
  let gathering = 0;
  let more = false;
  const gather = () => {
    more = Boolean(gathering);
    if (gathering) return;
    tell("news");
    gathering = setTimeout(() => { gathering = 0; if (more) gather(); }, 1000);
  };
  const hear = (name, event) => {
    tell(name, JSON.parse(event.data || "{}"));
    if (waits.includes(name)) gather();
  };
  const say = (words) => { if (line) line.textContent = words || ""; };
  const close = () => { if (source) source.close(); source = null; };
  const again = () => {
    close();
    say(line && line.dataset.offline);
    clearTimeout(timer);
    // What had been open ended for everybody at once, for all one knows: they come back spread over ten seconds.
    if (!document.hidden) timer = setTimeout(open, wait ? wait + Math.random() * wait : 500 + Math.random() * 9500);
    wait = Math.min(wait * 2 || 1000, 30000);
  };
  // An EventSource does not say by what it was refused; while the server or a proxy restarts, it is by neither.
  const refused = async () => {
    const asked = new AbortController();
    try {
      const answer = await fetch(document.body.dataset.stream, { signal: asked.signal });
      if (answer.status === 404) leave();
    } catch { /* nobody answers, and the stream is tried again */ }
    asked.abort();
  };
  const open = () => {
    clearTimeout(timer);
    if (source || document.hidden) return;
    source = new EventSource(document.body.dataset.stream);
    source.onopen = () => { wait = 0; older = true; say(""); tell("open"); look(); };
    source.onerror = () => {
      const isRefused = source && source.readyState === EventSource.CLOSED;
      again();
      if (isRefused && older) refused();
    };
    names.forEach((name) => source.addEventListener(name, (event) => hear(name, event)));
    source.addEventListener("gone", (event) => {
      if (about.includes(JSON.parse(event.data || "{}").id)) leave();
    });
    // Another desk of theirs may have ended, and not this one, on which they type.
    source.addEventListener("cut", () => { again(); refused().then(open); });
    source.addEventListener("reset", () => { close(); location.reload(); });
    source.addEventListener("crowded", () => { close(); say(line && line.dataset.crowded); });
    source.addEventListener("reconnect", (event) => {
      close();
      timer = setTimeout(open, JSON.parse(event.data).after_ms || 3000);
    });
  };

  document.body.addEventListener("stream", () => { close(); open(); });
  addEventListener("online", open);
  addEventListener("pagehide", close);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) { open(); return; }
    older = true;
    close();
  });
  open();
})();
