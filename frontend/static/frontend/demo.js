// A worker of an earlier build, or of the tablet without the demo, would answer below /tablet/ with its own page. So none
// rules there when somebody goes there from here: the page comes from the server and registers the worker of its build.
// What the tablet has written stays; only the kept program is fetched anew.

async function freeTheWay() {
  const registration = await navigator.serviceWorker?.getRegistration("/tablet/");
  await registration?.unregister();
}

const free = freeTheWay().catch(() => undefined);
for (const way of document.querySelectorAll("nav a")) {
  way.addEventListener("click", async (event) => {
    event.preventDefault();
    await free;
    location.assign(way.href);
  });
}
