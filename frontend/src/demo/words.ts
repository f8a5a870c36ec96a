// The words of the demo's strip. A catalogue of its own: what the tablet downloads must not grow by it.

import type { LanguageCode, SameAs } from "../i18n/catalogue.ts";
import type { Step } from "./tour.svelte.ts";

const en = {
  demo: "Demo",
  strip: "Demo",
  network: "Network",
  cut: "cut",
  there: "on",
  cutIt: "Cut the network",
  pin: (pin: string) => `PIN ${pin}`,
  start: "All ways in",
  arriving: (name: string) => `Making this browser a tablet of the ward, and a key for ${name}…`,
  failed: "That did not work. Is the server running? Choose your name, or go back to the start page.",
  tour: "Tour",
  skip: "Skip the tour",
  close: "Close",
  stepOf: (number: number, of: number) => `Step ${number} of ${of}`,
  steps: {
    cut: "Cut the network with the switch above.",
    tick: "Open a child and answer a question. The line below says: saved on this tablet.",
    sign: "Sign the phase with your PIN – still without a network.",
    reconnect: "Switch the network on again, and see what waited being sent.",
    row: "See the row that the auditor sees.",
    verify: "Prove it: export the case, and check the file apart from this server.",
  } satisfies Record<Step, string>,
  tickAs: {
    nurse: (name: string) => `Open ${name}, Preparation, and answer the one question that is left.`,
    clinician: (name: string) => `Open ${name}, Plan, and do what the stop there asks for: both sides.`,
  },
  doRow: "See the row",
  doVerify: "Verify",
  working: "Exporting and checking…",
  done: "Six of six: signed without a network, sent once, proved.",
  green: "It verifies",
  red: "It does not verify",
  greenLead: "The case was exported as an auditor gets it, and verify_export.py checked the file knowing only the fingerprint of the server's key:",
  failedVerify: "The server could not be asked.",
};

const nb: SameAs<typeof en> = {
  demo: "Demo",
  strip: "Demo",
  network: "Nettverk",
  cut: "brutt",
  there: "på",
  cutIt: "Bryt nettverket",
  pin: (pin) => `PIN ${pin}`,
  start: "Alle innganger",
  arriving: (name) => `Gjør denne nettleseren til et nettbrett på avdelingen, og lager en nøkkel til ${name} …`,
  failed: "Det gikk ikke. Kjører tjeneren? Velg navnet ditt, eller gå tilbake til startsiden.",
  tour: "Omvisning",
  skip: "Hopp over omvisningen",
  close: "Lukk",
  stepOf: (number, of) => `Trinn ${String(number)} av ${String(of)}`,
  steps: {
    cut: "Bryt nettverket med bryteren over.",
    tick: "Åpne et barn og svar på et spørsmål. Linjen nederst sier: lagret på dette nettbrettet.",
    sign: "Signer fasen med PIN-koden din – fortsatt uten nettverk.",
    reconnect: "Slå på nettverket igjen, og se at det som ventet, blir sendt.",
    row: "Se raden slik revisoren ser den.",
    verify: "Bevis det: Eksporter saken, og kontroller filen uavhengig av denne tjeneren.",
  },
  tickAs: {
    nurse: (name) => `Åpne ${name}, Forberedelse, og svar på det ene spørsmålet som gjenstår.`,
    clinician: (name) => `Åpne ${name}, Planlegging, og gjør det stoppen der ber om: begge sider.`,
  },
  doRow: "Se raden",
  doVerify: "Kontroller",
  working: "Eksporterer og kontrollerer …",
  done: "Seks av seks: signert uten nettverk, sendt én gang, bevist.",
  green: "Alt stemmer",
  red: "Det stemmer ikke",
  greenLead: "Saken ble eksportert slik en revisor får den, og verify_export.py kontrollerte filen med bare fingeravtrykket til tjenerens nøkkel:",
  failedVerify: "Tjeneren kunne ikke spørres.",
};

export const WORDS: Record<LanguageCode, SameAs<typeof en>> = { en, nb };
