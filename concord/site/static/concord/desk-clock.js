// The timeline is told in UTC; whoever reads it elsewhere sees the hour of their own clock beside it.
(() => {
  for (const list of document.querySelectorAll("[data-own-clock]")) {
    const ours = new Intl.DateTimeFormat(document.documentElement.lang, {
      weekday: "short", hour: "2-digit", minute: "2-digit",
    });
    for (const time of list.querySelectorAll("time[datetime]")) {
      const moment = new Date(time.dateTime);
      if (isNaN(moment) || moment.getTimezoneOffset() === 0) continue;
      const own = document.createElement("span");
      own.className = "own-clock";
      own.textContent = ` · ${ours.format(moment)} ${list.dataset.ownClock}`;
      time.after(own);
    }
  }
})();
