// Writing in a room without loading the page again. Enter sends, Shift and Enter begins a line, on a keyboard;
// on a phone Enter stays a line break. If sending fails, the words stay in the box and one line says so. What is typed
// while a message is on its way stays too, and whoever went elsewhere meanwhile is not called back.
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
    if (sending || box.readOnly || !box.value.trim()) return;
    const said = box.value;
    sending = true;
    tell("");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "HX-Request": "true" },
        redirect: "error",
      });
      if (answer.ok) sent(said, await answer.json());
      else refused(await answer.text());
    } catch {
      tell(form.dataset.failed);
    }
    sending = false;
    const here = document.activeElement;
    if (here === document.body || form.contains(here)) box.focus();
  });

  const tell = (words) => {
    say.textContent = words;
    say.hidden = !words;
  };
  const sent = (said, { nonce }) => {
    if (box.value.startsWith(said)) box.value = box.value.slice(said.length).trimStart();
    form.elements.nonce.value = nonce;
    form.elements.sure.value = "";
    form.querySelectorAll("[data-once]").forEach((element) => element.remove());
  };
  // Advice is given once: the same words sent again are sent.
  const refused = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const words = [...page.querySelectorAll(".refused p")].map((one) => one.textContent.trim());
    form.elements.sure.value = page.querySelector(".advice") ? "1" : "";
    tell(words.join(" ") || form.dataset.failed);
  };
})();
