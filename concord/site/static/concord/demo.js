// The demo only: the table and the mails keep themselves up to date, the bar says how tall it is, and a screen says how soon after
// an agreement a message went from it.
(() => {
  "use strict";
  for (const part of document.querySelectorAll("[data-refresh]")) {
    const refresh = async () => {
      if (!document.hidden) {
        const answer = await fetch(part.dataset.refresh).catch(() => null);
        const text = answer && answer.ok ? await answer.text() : "";
        if (answer && answer.ok && text !== part.dataset.shown) {
          part.dataset.shown = text;
          part.innerHTML = text;
        }
      }
      setTimeout(refresh, 2000);
    };
    setTimeout(refresh, 2000);
  }

  const bar = document.querySelector(".demo-bar");
  if (bar && "ResizeObserver" in window) {
    new ResizeObserver(() => {
      document.documentElement.style.setProperty("--demo-bar", bar.offsetHeight + "px");
    }).observe(bar);
  }

  const hint = document.getElementById("demo-hint");
  const ask = async () => {
    if (!document.hidden) {
      const answer = await fetch("/demo/hint?at=" + encodeURIComponent(location.pathname)).catch(() => null);
      const data = answer && answer.ok ? await answer.json() : {};
      if (data.hint && data.hint !== hint.textContent) hint.textContent = data.hint;
    }
    setTimeout(ask, 3000);
  };
  if (hint) setTimeout(ask, 3000);

  const posts = document.getElementById("posts");
  const line = document.querySelector(".demo-measured");
  if (!posts || !line) return;
  const tell = async (post, gone) => {
    const answer = await fetch("/demo/taken/" + post).catch(() => null);
    const data = answer && answer.ok ? await answer.json() : {};
    if (!data.agreed_at) return;
    line.textContent = line.dataset.words.replace("%n", Math.max(0, Math.round(gone - data.agreed_at)));
    line.hidden = false;
  };
  new MutationObserver((changes) => {
    const gone = Date.now();
    for (const change of changes) {
      const left = [...change.addedNodes].some((one) => one.classList && one.classList.contains("gone"));
      for (const post of left ? change.removedNodes : []) {
        if (post.dataset && post.dataset.post) tell(post.dataset.post, gone);
      }
    }
  }).observe(posts, { childList: true, subtree: true });
})();
