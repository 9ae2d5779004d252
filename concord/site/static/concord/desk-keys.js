// Keys of the desk. A button or link with data-key="r" is pressed by that key, inside the chosen item when there
// is one; j and k choose among [data-item]; ? shows the list (dialog#keys). Letters can be switched off there,
// for people who speak to their computer (WCAG 2.1.4).
(() => {
  "use strict";
  const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
  const dialog = document.getElementById("keys");
  const toggle = dialog && dialog.querySelector("input[name=keys]");
  let chosen = null;

  const items = () => [...document.querySelectorAll("[data-item]")].filter((item) => item.offsetParent);
  const choose = (step) => {
    const all = items();
    if (!all.length) return;
    const at = all.indexOf(chosen);
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))];
    if (chosen) chosen.classList.remove("chosen");
    chosen = next;
    chosen.classList.add("chosen");
    if (!chosen.hasAttribute("tabindex")) chosen.tabIndex = -1;
    chosen.focus({ preventScroll: true });
    chosen.scrollIntoView({ block: "nearest" });
  };
  const press = (key) => {
    const here = chosen && chosen.isConnected ? chosen : document;
    const named = `[data-key="${CSS.escape(key)}"]`;
    const target = here.querySelector(named) || document.querySelector(named);
    if (!target) return false;
    target.focus();
    target.click();
    return true;
  };

  if (toggle) {
    toggle.checked = !off();
    toggle.addEventListener("change", () => {
      try { localStorage.setItem("keys", toggle.checked ? "on" : "off"); } catch { /* a private window forgets */ }
    });
  }
  document.addEventListener("click", (event) => {
    if (dialog && event.target.closest("[data-opens-keys]")) dialog.showModal();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    if (event.key === "?" && dialog) {
      event.preventDefault();
      dialog.showModal();
      return;
    }
    if (off()) return;
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      choose(event.key === "j" ? 1 : -1);
    } else if (event.key.length === 1 && press(event.key)) {
      event.preventDefault();
    }
  });
})();
