// Hiding somebody without loading the page again: what they wrote goes at once, here and in the other open rooms of
// this browser, and what one was writing stays. If it cannot be sent, the form is sent as without a script.
(() => {
  "use strict";
  const form = document.getElementById("hide");
  const posts = document.getElementById("posts");
  const line = document.getElementById("hidden-people");
  if (!form || !posts || !line) return;
  const rooms = "BroadcastChannel" in window ? new BroadcastChannel("hidden") : null;

  form.addEventListener("submit", async (event) => {
    const who = event.submitter && event.submitter.value;
    if (!who) return;
    event.preventDefault();
    const sent = new FormData(form);
    sent.set("who", who);
    try {
      const headers = { "HX-Request": "true" };
      const answer = await fetch(form.action, { method: "POST", body: sent, headers, redirect: "error" });
      if (!answer.ok) throw new Error(answer.statusText);
      conceal(who);
      if (rooms) rooms.postMessage(who);
      line.tabIndex = -1;
      line.focus();
    } catch {
      sendPlainly(who);
    }
  });
  const conceal = (who) => {
    posts.dataset.hidden += ` ${who}`;
    const name = CSS.escape(who);
    posts.querySelectorAll(`[data-by="${name}"]`).forEach((post) => post.remove());
    posts.querySelectorAll(`a.to[data-to="${name}"] bdi`).forEach((said) => said.remove());
    line.hidden = false;
  };
  const sendPlainly = (who) => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "who", value: who });
    form.append(field);
    form.submit();
  };
  if (rooms) rooms.addEventListener("message", (event) => conceal(String(event.data)));
})();
