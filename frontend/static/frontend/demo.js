// A worker of an earlier build, or of the tablet without the demo, would answer below /tablet/ with its own page. So the
// newest takes over before anybody goes there from here; without a server everything stays as it is.

async function newestTakesOver() {
  const registration = await navigator.serviceWorker?.getRegistration("/tablet/");
  await registration?.update();
  const newest = registration?.installing ?? registration?.waiting;
  if (!newest) return;
  await inState(newest, ["installed", "activated", "redundant"]);
  newest.postMessage("take-over");
  await inState(newest, ["activated", "redundant"]);
}

function inState(worker, states) {
  return new Promise((resolve) => {
    const look = () => states.includes(worker.state) && resolve();
    worker.addEventListener("statechange", look);
    look();
  });
}

const ready = newestTakesOver().catch(() => undefined);
for (const way of document.querySelectorAll("nav a")) {
  way.addEventListener("click", async (event) => {
    event.preventDefault();
    await ready;
    location.assign(way.href);
  });
}
