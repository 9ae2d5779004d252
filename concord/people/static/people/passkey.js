// Asks the device for a passkey, and hands what it says to the form: <form data-passkey="make" or "show">, with what
// the server asks in data-asked. With data-at-once it asks as soon as the page is in view, once.
(() => {
  "use strict";
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential) return;
  const button = form.querySelector("button");
  const failed = document.getElementById("passkey-failed");
  const FRESH = 8 * 60 * 1000;
  const opened = Date.now();

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (each) => ({ ...each, id: bytes(each.id) });
  const question = (extensions) => (extensions && extensions.prf ? { prf: { eval: { first: bytes(extensions.prf.eval.first) } } } : {});

  const read = () => {
    const asked = JSON.parse(form.dataset.asked);
    const ready = { ...asked, challenge: bytes(asked.challenge), extensions: { ...question(asked.extensions) } };
    if (asked.user) ready.user = { ...asked.user, id: bytes(asked.user.id) };
    if (asked.excludeCredentials) ready.excludeCredentials = asked.excludeCredentials.map(named);
    if (asked.allowCredentials) ready.allowCredentials = asked.allowCredentials.map(named);
    for (const name of Object.keys(ready)) if (ready[name] === null) delete ready[name];
    return ready;
  };
  const answer = (credential) => {
    const told = credential.getClientExtensionResults().prf;
    return told && told.results && told.results.first ? text(told.results.first) : "";
  };
  // Many devices say while a passkey is made only that they could answer; then they are asked once more.
  const answerOf = async (made, asked) => {
    const told = made.getClientExtensionResults().prf;
    if (answer(made) || !told || !told.enabled) return answer(made);
    try {
      const again = {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rpId: asked.rp.id,
        allowCredentials: [{ type: "public-key", id: made.rawId }],
        userVerification: "required",
        extensions: asked.extensions,
      };
      return answer(await navigator.credentials.get({ publicKey: again }));
    } catch {
      return "";
    }
  };

  const ask = async () => {
    const asked = read();
    const making = form.dataset.passkey === "make";
    const publicKey = await (making ? navigator.credentials.create({ publicKey: asked }) : navigator.credentials.get({ publicKey: asked }));
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (publicKey.response[name]) response[name] = text(publicKey.response[name]);
    }
    form.elements.credential.value = JSON.stringify({ id: publicKey.id, rawId: text(publicKey.rawId), type: publicKey.type, response });
    form.elements.answer.value = making ? await answerOf(publicKey, asked) : answer(publicKey);
  };

  const go = async () => {
    if (button.disabled) return;
    if (!form.reportValidity()) return;
    if (Date.now() - opened > FRESH) {
      location.reload();
      return;
    }
    button.disabled = true;
    failed.hidden = true;
    try {
      await ask();
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
  form.hidden = false;
  for (const each of document.querySelectorAll("[data-without-passkey]")) each.hidden = true;
  if ("atOnce" in form.dataset) {
    const once = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", once);
      go();
    };
    document.addEventListener("visibilitychange", once);
    once();
  }
})();
