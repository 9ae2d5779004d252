// Leave now: pressing Shift three times, or the link, covers the page at once and goes somewhere neutral.
// The cover comes first because on a slow line the next page may take seconds.
(() => {
  "use strict";
  const link = document.getElementById("leave");
  if (!link) return;
  let presses = 0;
  let since = 0;

  const leave = () => {
    document.title = "…";
    document.documentElement.replaceChildren(document.createElement("body"));
    location.replace(link.href);
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift") {
      presses = 0;
      return;
    }
    if (Date.now() - since > 3000) presses = 0;
    if (presses === 0) since = Date.now();
    presses += 1;
    if (presses === 3) leave();
  });
  // Coming back with the back button must not show the page from memory.
  addEventListener("pageshow", (event) => {
    if (event.persisted && !document.getElementById("leave")) location.reload();
  });
})();
