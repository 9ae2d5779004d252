// What a room's stream hands on (room-stream.js) is put where it belongs, without moving what is being read.
//
//   <ol class="posts" id="posts" data-me="…" data-hidden="… …" data-gone="This post was removed.">
//
// A frame is the same for everyone, so this page adds what is its reader's own: <template id="post-acts"> is cloned
// into .post-acts and its addresses are made for the post, a post whose data-by is data-me becomes .own, one whose
// data-by is among data-hidden is left out, also when it comes back after it was removed.
//
// A page of something said before has data-fixed: nothing new is put there, but whatever is removed goes, and a name
// that changed changes, as in the room.
//
// Of a long talk the page holds the newest 300 messages at most, for a phone cannot hold a day of them: what goes from
// its beginning while somebody reads at its end is behind #earlier, as what was said before they came. Whoever hears the
// page is told in #heard of what others write: of one message who and what, of several at once how many.
(() => {
  "use strict";
  const ANY_POST = "00000000-0000-0000-0000-000000000000";
  const MOST = 300;
  const STAY = 200;
  const A_BREATH = 3000; // between two things that are said to whoever hears the page
  const LONGEST = 280;
  const posts = document.getElementById("posts");
  if (!posts) return;
  const fixed = "fixed" in posts.dataset;
  const newer = document.getElementById("newer");
  const acts = document.getElementById("post-acts");
  const heard = document.getElementById("heard");
  let unseen = 0;
  let unheard = [];
  let breath = 0;
  let gone = 0; // the number up to which messages went from the page
  let resting = true; // at the newest, so that a smaller window stays there

  const on = (name, act) => document.addEventListener("room:" + name, (event) => act(event.detail));
  on("post", (data) => {
    if (fixed) return;
    const post = part(data.html);
    if (!hides(post.dataset.by)) place(post);
  });
  on("restored", (data) => {
    const post = document.getElementById("post-" + data.post) && part(data.html);
    if (post && !hides(post.dataset.by)) place(post);
  });
  on("removed", (data) => remove("post-" + data.post));
  on("renamed", (data) => renamed(data.by, part(data.html)));
  on("renewed", () => {
    gone = 0;
    count(0);
    if (!fixed) toTheEnd();
    resting = atTheEnd();
  });

  const hides = (who) => Boolean(who) && (posts.dataset.hidden || "").split(" ").includes(who);
  const part = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const post = holder.content.firstElementChild;
    const place = post.querySelector(".post-acts");
    if (post.dataset.by && post.dataset.by === posts.dataset.me) post.classList.add("own");
    if (acts && place && !place.childElementCount) {
      const own = acts.content.cloneNode(true);
      own.querySelectorAll("[name=who]").forEach((button) => {
        if (post.classList.contains("own")) button.remove();
        else button.value = post.dataset.by;
      });
      own.querySelectorAll("[href]").forEach((link) => {
        const address = link.getAttribute("href").replace(ANY_POST, post.dataset.post);
        link.setAttribute("href", address.replace("answer=0", "answer=" + post.dataset.number));
      });
      place.append(own);
    }
    const to = post.querySelector("a.to");
    if (to && hides(to.dataset.to)) to.querySelectorAll("bdi").forEach((name) => name.remove());
    return post;
  };
  const place = (post) => {
    const known = document.getElementById(post.id);
    if (known) {
      const comments = known.querySelector(".comments");
      if (comments && !post.querySelector(".comments")) post.append(comments);
      known.replaceWith(post);
      return;
    }
    if (gone && Number(post.dataset.number) <= gone) return;
    const parent = post.dataset.under && document.getElementById(post.dataset.under);
    const follow = !parent && atTheEnd() && !document.hidden;
    inOrder(parent ? commentsOf(parent) : posts, post);
    say(post);
    if (follow) {
      letGo();
      toTheEnd();
    } else count(unseen + 1);
    resting = follow;
  };
  // Not while a key or the cursor stands on one of them.
  const letGo = () => {
    if (posts.childElementCount <= MOST) return;
    const going = [...posts.children].slice(0, -STAY);
    if (going.some((one) => one.contains(document.activeElement))) return;
    const day = going.filter((one) => one.classList.contains("day")).pop();
    going.forEach((one) => {
      gone = Math.max(gone, Number(one.dataset.number) || 0);
      if (one !== day) one.remove();
    });
    const earlier = document.getElementById("earlier");
    if (!earlier) return;
    earlier.querySelector("a").setAttribute("href", "?before=" + (gone + 1));
    earlier.hidden = false;
  };
  const say = (post) => {
    if (!heard || document.hidden || post.classList.contains("own") || post.classList.contains("gone")) return;
    unheard.push(post);
    if (!breath) speak();
  };
  const speak = () => {
    const those = unheard.filter((post) => post.isConnected);
    unheard = [];
    heard.textContent = those.length > 1 ? newer.dataset.words.replace("%n", those.length) : those.map(words).join("");
    breath = those.length ? setTimeout(speak, A_BREATH) : 0;
  };
  const words = (post) => {
    const said = post.querySelector(".said").textContent.trim();
    return post.querySelector(".who").textContent.trim() + ": " + (said.length > LONGEST ? said.slice(0, LONGEST) + "…" : said);
  };
  const inOrder = (list, post) => {
    const number = Number(post.dataset.number) || Infinity;
    let after = list.lastElementChild;
    while (after && !(Number(after.dataset.number) < number)) after = after.previousElementSibling;
    if (after) after.after(post);
    else if (number === Infinity || !list.children.length) list.append(post);
    else list.prepend(post);
  };
  const commentsOf = (post) => {
    let comments = post.querySelector(".comments");
    if (!comments) {
      comments = document.createElement("ol");
      comments.className = "comments";
      post.append(comments);
    }
    return comments;
  };
  const remove = (id) => {
    const post = document.getElementById(id);
    if (!post) return;
    const held = post.contains(document.activeElement);
    if (heard) heard.textContent = "";
    const words = document.createElement("li");
    words.className = "post gone";
    words.id = id;
    words.dataset.number = post.dataset.number || "";
    if (post.dataset.by) words.dataset.by = post.dataset.by;
    words.textContent = posts.dataset.gone;
    const comments = post.querySelector(".comments");
    if (comments) words.append(comments);
    post.replaceWith(words);
    const answered = document.querySelector("#write [name=comment_on]");
    if (answered && answered.value === post.dataset.post) document.querySelectorAll("p[data-once]").forEach((line) => line.remove());
    document.querySelectorAll(`a.to[href="#${id}"] bdi`).forEach((name) => name.remove());
    if (held) posts.focus();
  };
  // Somebody changed their name: it stands in every post of theirs at once, and wherever somebody answers them.
  const renamed = (who, by) => {
    const theirs = CSS.escape(who);
    posts.querySelectorAll(`[data-by="${theirs}"] > .post-head .by`).forEach((old) => old.replaceWith(by.cloneNode(true)));
    const name = by.querySelector("bdi");
    if (!name) return;
    document.querySelectorAll(`[data-to="${theirs}"] bdi`).forEach((old) => old.replaceWith(name.cloneNode(true)));
  };
  const atTheEnd = () => {
    const page = document.documentElement;
    return page.scrollHeight - page.clientHeight - scrollY < 120;
  };
  const toTheEnd = () => scrollTo(0, document.documentElement.scrollHeight);
  const stay = () => { if (resting) toTheEnd(); };
  const count = (number) => {
    unseen = number;
    if (!newer) return;
    newer.hidden = number === 0;
    newer.textContent = newer.dataset.words.replace("%n", number);
  };

  if (newer) newer.addEventListener("click", () => { count(0); toTheEnd(); });
  addEventListener("scroll", () => {
    resting = atTheEnd();
    if (unseen && resting) count(0);
  }, { passive: true });
  addEventListener("resize", stay);
  const composer = document.getElementById("composer");
  if (composer && "ResizeObserver" in window) new ResizeObserver(stay).observe(composer);
  if (!location.hash && !fixed) toTheEnd();
  resting = atTheEnd();
})();
