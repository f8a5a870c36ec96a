const FILES = ["./", "page.css", "page.js", "phase.js"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open("plain").then((cache) => cache.addAll(FILES)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  event.respondWith(caches.match(event.request).then((held) => held ?? fetch(event.request)));
});
