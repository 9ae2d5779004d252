// Locks this desk when nobody has touched it for a while, in every tab at once, and takes what is typed along; fills it
// in again afterwards. The server closes the keys by its own clock as well: this only makes the screen follow.
(() => {
  "use strict";
  const form = document.getElementById("lock");
  if (!form) return;
  const idle = Number(form.dataset.idle) * 1000;
  const ends = form.dataset.ends ? Date.parse(form.dataset.ends) : Infinity;
  const KEPT = "#kept";
  const SAY_EVERY = 60 * 1000;
  let seen = Date.now();
  let said = Date.now();
  let gone = false;

  const note = (name, value) => { try { localStorage.setItem(name, String(value)); } catch { /* a private window forgets */ } };
  const noted = (name) => { try { return Number(localStorage.getItem(name)) || 0; } catch { return 0; } };
  const here = location.pathname + location.search;
  const token = form.elements.csrfmiddlewaretoken.value;
  const post = (path, fields) => fetch(path, {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields),
  });

  // A form of a page is named by its order and where it goes, a field by its name and its order among those of it.
  const fields = () => [...document.querySelectorAll("main form")].flatMap((each, order) =>
    [...each.elements].filter((one) => one.name && !["password", "hidden", "file", "submit"].includes(one.type) && one.tagName !== "BUTTON" && !one.closest("[data-not-kept]"))
      .map((one) => [[order, one.name, one.type === "radio" || one.type === "checkbox" ? one.value : ""].join("\n"), one]));
  const ticks = (one) => one.type === "radio" || one.type === "checkbox";
  const changed = (one) => {
    if (ticks(one)) return one.checked !== one.defaultChecked;
    if (one.tagName === "SELECT") return [...one.options].some((option) => option.selected !== option.defaultSelected);
    return one.value !== one.defaultValue;
  };
  const typed = () => fields().filter(([, one]) => changed(one)).map(([name, one]) => [name, ticks(one) ? (one.checked ? "on" : "off") : one.value]);

  const cover = () => document.documentElement.classList.add("covered");
  const lock = () => {
    if (gone) return;
    gone = true;
    const kept = typed();
    cover();
    note("desk-locked", Date.now());
    form.elements.page.value = here;
    form.elements.typed.value = kept.length ? JSON.stringify({ fields: kept, scroll: Math.round(scrollY) }) : "";
    form.submit();
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); lock(); });

  const touched = () => {
    seen = Date.now();
    if (seen - noted("desk-seen") > 5000) note("desk-seen", seen);
    if (seen - said < SAY_EVERY) return;
    said = seen;
    post(form.dataset.here, {}).then((answer) => { if (answer.status !== 204 && !gone) lock(); }, () => {});
  };
  for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) addEventListener(kind, touched, { passive: true, capture: true });

  const look = () => {
    const now = Date.now();
    if (now >= ends || (idle && now - Math.max(seen, noted("desk-seen")) >= idle)) lock();
  };
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  addEventListener("storage", (event) => { if (event.key === "desk-locked") lock(); });
  addEventListener("pageshow", (event) => { if (event.persisted) { cover(); location.reload(); } });
  note("desk-seen", seen);

  const fill = ({ fields: kept, scroll }) => {
    const known = new Map(fields());
    for (const [name, value] of kept) {
      const one = known.get(name);
      if (!one) continue;
      if (ticks(one)) one.checked = value === "on";
      else one.value = value;
      for (let around = one.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
      one.dispatchEvent(new Event("input", { bubbles: true }));
    }
    scrollTo(0, scroll || 0);
  };
  if (location.hash === KEPT) {
    history.replaceState(null, "", here);
    post(form.dataset.kept, { page: here }).then((answer) => (answer.ok ? answer.json() : { fields: [] })).then(fill, () => {});
  }
})();
