// PIN, keys, one case and its questions, as one would write them by hand.

const ITERATIONS = 600000;
const random = (length) => crypto.getRandomValues(new Uint8Array(length));

async function pinKey(pin, salt) {
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

// Puts a person and a case with its questions on the tablet.
async function install(person, pin, questions) {
  const [salt, iv] = [random(16), random(12)];
  const data = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const wrapped = await crypto.subtle.wrapKey("raw", data, await pinKey(pin, salt), { name: "AES-GCM", iv });
  await addPerson({ ...person, salt, iv, wrapped });
  await savePack(data, { questions, answers: {} });
}

async function savePack(data, pack) {
  const iv = random(12);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, data, new TextEncoder().encode(JSON.stringify(pack)));
  const tx = (await database()).transaction("packs", "readwrite", { durability: "strict" });
  tx.objectStore("packs").put({ case: "one", iv, sealed });
  await new Promise((resolve, reject) => { tx.oncomplete = resolve; tx.onabort = () => reject(tx.error); });
}

async function unlock(person, pin) {
  const under = await pinKey(pin, person.salt);
  const how = { name: "AES-GCM", iv: person.iv };
  const data = await crypto.subtle.unwrapKey("raw", person.wrapped, under, how, "AES-GCM", false, ["encrypt", "decrypt"]);
  const { iv, sealed } = await opened((await database()).transaction("packs").objectStore("packs").get("one"));
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, data, sealed);
  showPhase(data, JSON.parse(new TextDecoder().decode(plain)));
}

function showPhase(data, pack) {
  const screen = document.createElement("main");
  const cards = pack.questions.map((question) => card(question, (value) => {
    pack.answers[question.key] = value;
    return savePack(data, pack);
  }));
  screen.append(...cards);
  document.querySelector("main").replaceWith(screen);
}

function card({ key, text, type, unit, choices }, save) {
  const section = document.createElement("section");
  section.className = "card";
  section.dataset.testid = `item-${key}`;
  section.dataset.state = "unanswered";
  const title = document.createElement("h2");
  title.textContent = text.en;
  section.append(title, type === "number" ? number(unit, save) : options(key, optionsOf(type, choices), section, save));
  const row = document.createElement("div");
  row.className = "more";
  for (const words of ["Not obtained", "Note", "Earlier"]) row.append(button(words));
  section.append(row);
  return section;
}

function optionsOf(type, choices) {
  if (type === "yes-no") return [["yes", "Yes"], ["no", "No"]];
  if (type === "choice") return choices.map((choice) => [choice.key, choice.text.en]);
  return [["now", "Now"], ["15", "15 min ago"], ["30", "30 min ago"], ["60", "1 hour ago"], ["other", "Another time"]];
}

function button(words) {
  const made = document.createElement("button");
  made.textContent = words;
  return made;
}

function options(key, all, section, save) {
  const row = document.createElement("div");
  row.className = "options";
  for (const [value, words] of all) {
    const option = button(words);
    option.dataset.testid = `choice-${key}-${value}`;
    option.setAttribute("aria-pressed", "false");
    option.onclick = async () => {
      await save(value);
      for (const other of row.children) other.setAttribute("aria-pressed", String(other === option));
      section.dataset.state = "answered";
    };
    row.append(option);
  }
  return row;
}

function number(unit, save) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.inputMode = "decimal";
  input.onchange = () => void save(input.value);
  label.append(input, ` ${unit}`);
  return label;
}
