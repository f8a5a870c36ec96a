// The lock screen as one would write it by hand: people from IndexedDB, a button for each, a PIN pad.

function opened(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function database() {
  const request = indexedDB.open("plain", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("people", { keyPath: "username" });
    request.result.createObjectStore("packs", { keyPath: "case" });
  };
  return opened(request);
}

async function addPerson(person) {
  const people = (await database()).transaction("people", "readwrite").objectStore("people");
  await opened(people.put(person));
}

function personButton(person) {
  const button = document.createElement("button");
  button.className = "person";
  button.dataset.testid = `person-${person.username}`;
  button.innerHTML = '<span class="face"></span><span class="names"><strong></strong><small></small></span>›';
  button.querySelector(".face").textContent = initials(person.name);
  button.querySelector("strong").textContent = person.name;
  button.querySelector("small").textContent = person.role;
  button.onclick = () => askPin(person);
  return button;
}

function initials(name) {
  return name.split(/\s+/).map((part) => part[0]).slice(0, 2).join("").toUpperCase();
}

function askPin(person) {
  const pin = document.getElementById("pin");
  pin.querySelector("h2").textContent = `PIN of ${person.name}`;
  let typed = "";
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0].map((digit) => {
    const button = document.createElement("button");
    button.textContent = String(digit);
    button.dataset.testid = `pin-${digit}`;
    button.onclick = () => {
      typed += String(digit);
      pin.querySelector("output").textContent = "•".repeat(typed.length).padEnd(6, "·");
      if (typed.length === 6) void unlock(person, typed);
    };
    return button;
  });
  pin.querySelector(".pad").replaceChildren(...digits);
  pin.hidden = false;
}

async function start() {
  const people = await opened((await database()).transaction("people").objectStore("people").getAll());
  const items = people.map((person) => {
    const item = document.createElement("li");
    item.append(personButton(person));
    return item;
  });
  document.getElementById("people").replaceChildren(...items);
  await navigator.serviceWorker.register("serviceworker.js");
}

void start();
