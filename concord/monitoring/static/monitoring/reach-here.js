// Asks this browser for leave to be told here, and hands the address of its own service to the form.
(() => {
  "use strict";
  const form = document.getElementById("reach-here");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const button = form.querySelector("button");
  const failed = document.getElementById("reach-failed");

  const subscribe = async () => {
    if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed");
    await navigator.serviceWorker.register(form.dataset.worker, { scope: "/" });
    const worker = await navigator.serviceWorker.ready;
    return worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: form.dataset.key,
    });
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    failed.hidden = true;
    try {
      form.elements.endpoint.value = (await subscribe()).endpoint;
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  });
  form.hidden = false;
  document.getElementById("reach-cannot").hidden = true;
})();
