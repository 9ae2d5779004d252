// What stands above and below a room's posts is as the room is now: the stream hands on `room:condition`.
//
// The words of <template data-condition="paused" data-closed> stand in #condition while the room is so; what the team
// says, whether it is recorded and whether something is shown stand above. In a room that is over nothing is written any
// more, and what was being written can be read and copied.
(() => {
  "use strict";
  const condition = (name) => {
    const shown = document.getElementById("condition");
    const words = document.querySelector(`template[data-condition="${CSS.escape(name)}"]`);
    if (shown) shown.replaceChildren(words ? words.content.cloneNode(true) : "");
    const box = document.querySelector("#write textarea");
    if (!box) return;
    box.readOnly = Boolean(words && "closed" in words.dataset);
    box.form.querySelectorAll("fieldset > button").forEach((button) => { button.disabled = box.readOnly; });
  };

  const above = ({ html, recording, video }) => {
    const said = document.getElementById("announced");
    if (said && said.dataset.html !== html) {
      said.innerHTML = said.dataset.html = html;
      said.hidden = !html;
    }
    const line = document.getElementById("recording");
    const words = document.querySelector(`template[data-recording="${CSS.escape(recording)}"]`);
    if (line && words && line.textContent !== words.innerHTML) line.textContent = words.innerHTML;
    const shown = document.getElementById("video");
    if (!shown) return;
    shown.hidden = !video;
    shown.querySelectorAll("bdi").forEach((host) => { host.textContent = video; });
    // The link asks for the host that the line beside it names, and for no other.
    shown.querySelectorAll("a").forEach((link) => { link.pathname = link.pathname.replace(/\/video(\/.*)?$/, `/video/${video}`); });
  };

  document.addEventListener("room:condition", ({ detail }) => { condition(detail.condition); above(detail); });
})();
