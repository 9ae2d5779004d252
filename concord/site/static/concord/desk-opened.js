// Lifting a cover is counted, once for each: a number for the person themselves and for their lead, in this shift.
//
//   <script data-address="/on-shift/opened">   <details class="veil">…   <div class="blurred"><input type="checkbox">…
(() => {
  "use strict";
  const address = document.currentScript.dataset.address;
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  if (!address || !token) return;
  const counted = new WeakSet();
  const count = (cover) => {
    if (counted.has(cover)) return;
    counted.add(cover);
    fetch(address, { method: "POST", headers: { "X-CSRFToken": token.value }, keepalive: true }).catch(() => {});
  };
  // A toggle does not bubble, so it is caught on its way down.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details.veil") && event.target.open) count(event.target);
  }, true);
  document.addEventListener("change", (event) => {
    const cover = event.target.closest(".blurred");
    if (cover && event.target.checked) count(cover);
  });
})();
