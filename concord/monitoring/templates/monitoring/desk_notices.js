{% load i18n %}// An empty message has arrived: say where to look, and nothing else; a locked phone shows it to everyone.
"use strict";
self.addEventListener("push", (event) => {
  event.waitUntil(self.registration.showNotification("{% filter escapejs %}{% translate 'Please look at your desk.' %}{% endfilter %}", { tag: "desk", renotify: true }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/look"));
});
