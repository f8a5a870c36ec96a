import type { problemsEn } from "./problems.en.ts";

export const problemsNb: Record<keyof typeof problemsEn, string> = {
  // Bytes and shapes.
  "json-broken": "Serveren kunne ikke lese det som kom fram. Ingenting er tapt; det sendes på nytt.",
  "json-not-canonical": "Serveren fant noe som ikke er skrevet på avtalt måte. Si fra til administrator.",
  "too-large": "Dette er mer enn serveren tar imot på én gang.",
  "shape-wrong": "Noe mangler eller er av feil slag. Si fra til administrator.",
  "version-unknown": "Nettbrettet er nyere enn serveren. Serveren må oppdateres først.",
  // Entries.
  "entry-too-large": "Dette er lengre enn én innføring kan være. Gjør teksten kortere.",
  "entry-digest-wrong": "Innføringen er ikke den den gir seg ut for å være. Si fra til administrator.",
  "entry-signature-wrong": "Signaturen hører ikke til denne innføringen. Si fra til administrator.",
  "entry-place-wrong": "Innføringen ble forseglet for en annen plass i rekken. Si fra til administrator.",
  "private-missing": "Den private delen av innføringen mangler. Si fra til administrator.",
  "private-wrong": "Den private delen hører ikke til innføringen. Si fra til administrator.",
  "ward-foreign": "Innføringen gjelder en avdeling som nettbrettet ikke hører til.",
  // Certificates and envelopes.
  "certificate-missing": "Sertifikatet til den som skrev, mangler. Si fra til administrator.",
  "certificate-forged": "Sertifikatet er ikke laget av sykehusets server.",
  "certificate-foreign": "Sertifikatet hører til et annet nettbrett.",
  "key-unknown": "Dette er laget med en servernøkkel som ikke er kjent. Si fra til administrator.",
  "envelope-missing": "Konvolutten til innføringen mangler. Si fra til administrator.",
  "envelope-broken": "Serveren kan ikke åpne konvolutten. Si fra til administrator.",
  "seal-broken": "Serveren kan ikke åpne innføringen. Si fra til administrator.",
  // Devices and people.
  "token-wrong": "Serveren kjenner ikke dette nettbrettet. Be en administrator om en ny nettbrettkode.",
  "tablet-revoked": "Dette nettbrettet er tatt ut av bruk.",
  "code-wrong": "Nettbrettkoden er ikke gyldig. Sjekk den, eller be om en ny.",
  "code-expired": "Nettbrettkoden er utløpt. Be om en ny.",
  "login-wrong": "Brukernavn eller passord er feil.",
  "role-missing": "Du har ingen rolle på nettbrettets avdelinger. Spør avdelingslederen.",
  "possession-unproved": "Nettbrettet kunne ikke vise at den nye nøkkelen er dets egen. Prøv igjen.",
  "too-many-tries": "For mange forsøk. Vent litt og prøv igjen.",
  "not-allowed": "Rollen din gir ikke adgang til dette.",
  // Releases and journal.
  "release-unknown": "Serveren har ikke denne versjonen av sjekklisten.",
  "release-broken": "Sjekklisten henger ikke sammen og ble ikke publisert.",
  "release-immutable": "En publisert sjekkliste endres aldri. En ny må publiseres.",
  "journal-broken": "Serverens journal stemmer ikke. Si fra til administrator straks.",
  "case-unknown": "Serveren kjenner ikke denne saken.",
  // The server itself.
  "root-keys-missing": "Serveren er ikke satt opp ennå: nøklene mangler. Si fra til administrator.",
  "root-keys-broken": "Serverens nøkler kan ikke leses. Si fra til administrator.",
  "server-error": "Noe gikk galt på serveren. Ingenting er tapt; det prøves igjen.",
  "not-found": "Serveren har ingenting på denne adressen. Si fra til administrator.",
  "method-wrong": "Serveren tar ikke imot en slik forespørsel. Si fra til administrator.",
  // The tablet itself.
  "storage-full": "Lageret på nettbrettet er fullt. Dette ble ikke lagret.",
  "storage-broken": "Nettbrettet kunne ikke lagre dette. Det ble ikke lagret. Prøv igjen.",
  "tablet-busy": "Et annet vindu på nettbrettet skriver. Dette ble ikke lagret. Prøv igjen.",
  "case-changed": "Saken er endret siden du åpnet den. Se over på nytt før du signerer.",
  unreachable: "Serveren er ikke å nå. Arbeid videre; alt ligger på nettbrettet og sendes senere.",
  timeout: "Serveren bruker for lang tid på å svare. Arbeid videre; det prøves igjen.",
  "not-our-server": "Noe annet enn sykehusets server svarte. Ber nettverket om innlogging?",
  "not-registered": "Nettbrettet er ikke satt opp ennå.",
  storage: "Nettbrettet kunne ikke lese sitt eget lager. Det prøves igjen.",
  unknown: "Noe uventet skjedde. Ingenting er tapt. Si fra til administrator.",
};
