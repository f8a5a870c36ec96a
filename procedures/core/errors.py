"""Every refusal that is expected, by code, in words that a nurse understands.

One exception type carries one of these codes through all layers. `api/problems.py` gives each code its HTTP
status, and the tablet's catalogues say the same in its own languages: tests hold the three together.
"""

from typing import Final

# What a tablet can be told. It has words of its own for each; its catalogues are tested against this list.
TABLET_PROBLEMS: Final[dict[str, str]] = {
    # Bytes and shapes.
    "json-broken": "What arrived is not readable. Nothing was lost; it will be sent again.",
    "json-not-canonical": "What arrived is not written in the agreed way.",
    "too-large": "This is larger than the server takes at once.",
    "shape-wrong": "A part of what arrived is missing or of the wrong kind.",
    "version-unknown": "This was written by a newer version. The server must be updated first.",
    # Entries.
    "entry-too-large": "This entry is larger than an entry may be.",
    "entry-digest-wrong": "This entry is not the one that it is said to be.",
    "entry-signature-wrong": "The signature does not belong to this entry.",
    "entry-place-wrong": "This entry was sealed for another place in the sequence.",
    "private-missing": "The private part that this entry names did not come with it.",
    "private-wrong": "The private part is not the one that this entry names.",
    "ward-foreign": "This entry is for a ward that the tablet does not belong to.",
    # Certificates and envelopes.
    "certificate-missing": "The writer's certificate did not come with this entry.",
    "certificate-forged": "The writer's certificate was not made by this hospital's server.",
    "key-unknown": "This was made with a server key that is not known here.",
    "server-key-forged": "The server named a new key that the ones before it do not vouch for.",
    "envelope-missing": "The envelope that this entry is sealed in did not come with it.",
    "envelope-broken": "The envelope cannot be opened by this server.",
    "seal-broken": "This entry cannot be opened with its envelope.",
    # Devices and people.
    "token-wrong": "This tablet is not known to the server. Ask an administrator for a new tablet code.",
    "token-expired": "The tablet must prove again who is working. It does so by itself.",
    "challenge-wrong": "The tablet could not prove who is working. Unlock it again.",
    "enrolment-ended": "You are no longer enrolled on this tablet. Add yourself again.",
    "tablet-revoked": "This tablet was taken out of use.",
    "code-wrong": "This tablet code is not valid. Check it, or ask for a new one.",
    "code-expired": "This tablet code has expired. Ask for a new one.",
    "login-wrong": "Name or password is not right.",
    "role-missing": "You have no role on this tablet's wards. Ask the ward manager.",
    "possession-unproved": "The tablet could not show that the new key is its own. Try again.",
    "too-many-tries": "Too many tries. Wait a little and try again.",
    "not-allowed": "Your role does not allow this.",
    # Releases.
    "release-unknown": "The server does not have this release of the protocol.",
    # The server itself.
    "root-keys-missing": "The server has no root keys. Run `manage.py make_root_keys` or set BEDSIDE_ROOT_KEYS.",
    "root-keys-broken": "The root keys cannot be read. They are written number:secret, separated by commas.",
    "server-error": "Something went wrong on the server. Nothing was lost; it will be tried again.",
    "not-found": "There is nothing at this address.",
    "method-wrong": "This address does not take that kind of request.",
}

# What only the admin's pages and the command line say.
OFFICE_PROBLEMS: Final[dict[str, str]] = {
    # Drafts and releases.
    "condition-wrong": "This condition cannot be read.",
    "release-broken": "This protocol does not hold together and was not published.",
    "draft-unchanged": "Nothing has changed since the last release, so there is nothing to propose.",
    "draft-changed": "The draft was changed after you looked at it. Read it again first.",
    "reason-missing": "Say why.",
    "own-proposal": "You proposed this. Another person must approve it or send it back.",
    "proposal-decided": "This proposal was already decided on.",
    "proposal-stale": "The draft was changed after it was proposed. It must be proposed anew.",
    "release-recalled": "This release was already recalled.",
    "effective-past": "A release cannot take effect before it is published.",
    # Records and exports.
    "case-unknown": "The server has no such case.",
    "export-storage": "The export could not be written to the server's disk. Tell the administrator.",
    "export-given-up": "The export was tried three times and did not come to an end. Tell the administrator.",
}

# What only other systems of the hospital are told, by the API of docs/api.md.
READ_API_PROBLEMS: Final[dict[str, str]] = {
    "api-token-missing": "This address needs an API token.",
    "api-token-wrong": "This API token is not known here.",
    "api-token-expired": "This API token has expired. Make a new one in the administration.",
    "api-token-revoked": "This API token was revoked, or the person it acts for has left.",
    "scope-missing": "This API token is not for this.",
    "parameter-unknown": "This address takes no such parameter.",
    "parameter-wrong": "This parameter cannot have this value.",
    "not-acceptable": "This address gives no such kind of reply.",
    "protocol-unknown": "The server has no such protocol.",
    "export-unknown": "The server has no such export.",
    "export-empty": "No case is like this, so there is nothing to export.",
    "export-unfinished": "The export is not finished. Ask again later.",
    "export-gone": "The export has no file: it failed, or the file was removed. Export again if it is needed.",
    "purpose-missing": "Say what the names are needed for.",
}

PROBLEMS: Final = TABLET_PROBLEMS | OFFICE_PROBLEMS | READ_API_PROBLEMS


class Refusal(Exception):
    """An expected failure.

    `code` is a key of PROBLEMS. `where` names the place for an engineer (a field, a line, a digest) and never
    holds patient data, since it may be logged.
    """

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{code}: {where}" if where else code)
        self.code = code
        self.where = where

    @property
    def words(self) -> str:
        """The plain sentence for a screen."""
        return PROBLEMS[self.code]
