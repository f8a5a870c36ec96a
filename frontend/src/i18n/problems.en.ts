// Every refusal of procedures/core/errors.py that a tablet can be told, and what can go wrong on the tablet itself, in plain words. Each says
// what it means for the person who reads it; none blames them.

export const problemsEn = {
  // Bytes and shapes.
  "json-broken": "The server could not read what arrived. Nothing was lost; it will be sent again.",
  "json-not-canonical": "The server found something not written in the agreed way. Tell the administrator.",
  "too-large": "This is larger than the server takes at once.",
  "shape-wrong": "Something is missing or of the wrong kind. Tell the administrator.",
  "version-unknown": "This tablet is newer than the server. The server must be updated first.",
  // Entries.
  "entry-too-large": "This is longer than one entry may be. Make the text shorter.",
  "entry-digest-wrong": "This entry is not the one that it is said to be. Tell the administrator.",
  "entry-signature-wrong": "The signature does not belong to this entry. Tell the administrator.",
  "entry-place-wrong": "This entry was sealed for another place in the sequence. Tell the administrator.",
  "private-missing": "The private part of this entry is missing. Tell the administrator.",
  "private-wrong": "The private part does not belong to this entry. Tell the administrator.",
  "ward-foreign": "This entry is for a ward that the tablet does not belong to.",
  // Photographs.
  "blob-too-large": "This photograph is larger than the server takes. Tell the administrator.",
  "blob-digest-wrong": "This photograph is not the one that it is said to be. Tell the administrator.",
  "blob-not-jpeg": "This photograph is not a picture of the agreed kind. Tell the administrator.",
  // Certificates and envelopes.
  "certificate-missing": "The writer's certificate is missing. Tell the administrator.",
  "certificate-forged": "The writer's certificate was not made by this hospital's server.",
  "key-unknown": "This was made with a server key that is not known. Tell the administrator.",
  "server-key-forged": "The server named a new key that the ones before it do not vouch for. Nothing that came with it was taken in. Tell the administrator at once.",
  "envelope-missing": "The envelope of this entry is missing. Tell the administrator.",
  "envelope-broken": "The server cannot open the envelope. Tell the administrator.",
  "seal-broken": "The server cannot open what was sealed. Tell the administrator.",
  // Devices and people.
  "token-wrong": "The server does not know this tablet. Ask an administrator for a new tablet code.",
  "tablet-revoked": "This tablet was taken out of use.",
  "token-expired": "The tablet must show again who is working. It does so by itself.",
  "challenge-wrong": "The tablet could not show who is working. Lock it and unlock it again.",
  "enrolment-ended": "You are no longer enrolled on this tablet. Add yourself again.",
  "code-wrong": "This tablet code is not valid. Check it, or ask for a new one.",
  "code-expired": "This tablet code has expired. Ask for a new one.",
  "login-wrong": "User name or password is not right.",
  "role-missing": "You have no role on this tablet's wards. Ask the ward manager.",
  "possession-unproved": "The tablet could not show that the new key is its own. Try again.",
  "too-many-tries": "Too many tries. Wait a little and try again.",
  "not-allowed": "Your role does not allow this.",
  // Releases.
  "release-unknown": "The server does not have this version of the checklist.",
  // The server itself.
  "root-keys-missing": "The server is not set up yet: its keys are missing. Tell the administrator.",
  "root-keys-broken": "The server's keys cannot be read. Tell the administrator.",
  "server-error": "Something went wrong on the server. Nothing was lost; it will be tried again.",
  "not-found": "The server has nothing at this address. Tell the administrator.",
  "method-wrong": "The server does not take that kind of request. Tell the administrator.",
  // The tablet itself.
  "storage-full": "The tablet's storage is full. This was not saved.",
  "storage-broken": "The tablet could not store this. It was not saved. Try again.",
  "storage-damaged": "This lies damaged on the tablet and cannot be sent. Tell the administrator.",
  "tablet-busy": "Another window on this tablet is writing. This was not saved. Try again.",
  "case-changed": "The case has changed since you opened it. Look again before you sign.",
  unreachable: "The server cannot be reached. Go on working; everything stays on this tablet and is sent later.",
  timeout: "The server takes too long to answer. Go on working; it is tried again.",
  "not-our-server": "Something other than the hospital's server answered. Is the network asking for a login?",
  "not-registered": "This tablet is not set up yet.",
  storage: "The tablet could not read its own storage. It is tried again.",
  locked: "The tablet was locked meanwhile. It goes on when somebody unlocks it.",
  "log-broken": "The ward's log from the server does not add up. Nothing of it was taken in. Tell the administrator at once.",
  "pull-unproved": "An entry from another tablet could not be proved genuine. It was not taken in. Tell the administrator at once.",
  unknown: "Something unexpected happened. Nothing was lost. Tell the administrator.",
};
