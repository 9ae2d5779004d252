// Writing in a room without loading the page again. Enter sends, Shift and Enter begins a line, on a keyboard;
// on a phone Enter stays a line break. If sending fails, the words stay in the box and one line says so.
(() => {
  "use strict";
  const form = document.getElementById("write");
  if (!form) return;
  const box = form.querySelector("textarea");
  const say = form.querySelector("[data-say]");
  const touch = matchMedia("(hover: none)").matches;
  let sending = false;

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending || !box.value.trim()) return;
    sending = true;
    say.textContent = "";
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "HX-Request": "true" },
      });
      const words = answer.ok ? "" : await answer.text();
      if (answer.ok) box.value = "";
      else say.textContent = wordsOf(words) || form.dataset.failed;
    } catch {
      say.textContent = form.dataset.failed;
    }
    sending = false;
    box.focus();
  });

  const wordsOf = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const refused = page.querySelector(".refused p, .errors li, .error");
    return refused ? refused.textContent.trim() : "";
  };
})();
