// Keys of the desk. A button or link with data-key="r" is pressed by that key. j and k choose among [data-item];
// what stands in an item is pressed only while that item is the chosen one, or has the focus: a key never acts on
// something that nobody chose. ? shows the list (dialog#keys). Letters can be switched off there, for people who
// speak to their computer (WCAG 2.1.4).
(() => {
  "use strict";
  const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };
  const dialog = document.getElementById("keys");
  const toggle = dialog && dialog.querySelector("input[name=keys]");
  let chosen = null;

  const items = () => [...document.querySelectorAll("[data-item]")].filter((item) => item.offsetParent);
  const mark = (item) => {
    if (chosen) chosen.classList.remove("chosen");
    chosen = item;
    chosen.classList.add("chosen");
  };
  const choose = (step) => {
    const all = items();
    if (!all.length) return;
    const at = all.indexOf(chosen);
    mark(all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))]);
    if (!chosen.hasAttribute("tabindex")) chosen.tabIndex = -1;
    chosen.focus({ preventScroll: true });
    chosen.scrollIntoView({ block: "nearest" });
  };
  const press = (key) => {
    const here = document.activeElement?.closest("[data-item]") || (chosen && chosen.isConnected ? chosen : null);
    const named = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)]
      .filter((each) => each.getClientRects().length);
    const target = named.find((each) => here && here.contains(each)) || named.find((each) => !each.closest("[data-item]"));
    if (!target) return false;
    if (here && here !== chosen && here.contains(target)) mark(here);
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
