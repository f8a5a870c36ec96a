"""Every refusal that is expected, by code: in words that a nurse understands, and what becomes of what was sent.

One exception type carries one of these codes through all layers. `api/problems.py` gives each code its HTTP
status, and the tablet's catalogues say the same in its own languages: tests hold the three together.
docs/refusals.md is written from all of them.
"""

from typing import Final

# What becomes of what was sent, and who does what next. Nothing that somebody wrote on a tablet is ever dropped.
SET_ASIDE: Final = (
    "An entry is kept on the tablet, set aside with these words until somebody tries it again; the others go."
)
PHOTOGRAPH_SET_ASIDE: Final = (
    "A photograph is kept on the tablet, set aside with these words until somebody tries it again; its entry goes."
)
HALVED: Final = "A push is sent again in halves, until what is at fault is alone and set aside."
UPDATED: Final = "A push waits on the tablet until the server is updated."
KEPT: Final = "All stays on the tablet, which tries again by itself."
FAILING: Final = (
    "An entry that fails five times alone while others go through is set aside until the program starts again."
)
PROVED: Final = "The tablet signs a new challenge and asks again."
NOT_READ: Final = "The tablet reads nothing new for this person; what they wrote is still sent."
EMPTIED: Final = "The tablet sends all that it still has, then erases what it can read."
NOT_TAKEN: Final = "The tablet takes in nothing of what came; what was written on it stays and is sent."
LISTED: Final = "The tablet asks again after the next list of releases."
ANEW: Final = "Nothing was stored. Whoever asked asks anew, as the words say."
TYPED: Final = "Nothing was saved; what was typed still stands on the page."
UNCHANGED: Final = "Nothing was changed; the page or the command says so."
FAILED: Final = "The export has no file; the records are as they were. It is asked for anew."
NOT_ADMITTED: Final = "Nothing was given. Whoever runs the system makes a token that is for this."
MENDED: Final = "Nothing was given or done. Whoever runs the system mends the request."
LATER: Final = "Nothing is lost. The system asks again later."


class Problem:
    """`words` for whoever reads them; `then`, as above, where it arises in several ways one after the other."""

    def __init__(self, words: str, *then: str) -> None:
        self.words = words
        self.then = then


# What a tablet can be told. It has words of its own for each; its catalogues are tested against this list.
TABLET_PROBLEMS: Final[dict[str, Problem]] = {
    # Bytes and shapes.
    "json-broken": Problem("What arrived is not readable. Nothing was lost; it will be sent again.", SET_ASIDE, HALVED),
    "json-not-canonical": Problem("What arrived is not written in the agreed way.", SET_ASIDE),
    "too-large": Problem("This is larger than the server takes at once.", HALVED, PHOTOGRAPH_SET_ASIDE),
    "shape-wrong": Problem("A part of what arrived is missing or of the wrong kind.", SET_ASIDE, HALVED),
    "version-unknown": Problem(
        "This was written by a newer version. The server must be updated first.", SET_ASIDE, UPDATED
    ),
    # Entries.
    "entry-too-large": Problem("This entry is larger than an entry may be.", SET_ASIDE),
    "entry-digest-wrong": Problem("This entry is not the one that it is said to be.", SET_ASIDE),
    "entry-signature-wrong": Problem("The signature does not belong to this entry.", SET_ASIDE),
    "entry-place-wrong": Problem("This entry was sealed for another place in the sequence.", SET_ASIDE),
    "private-missing": Problem("The private part that this entry names did not come with it.", SET_ASIDE),
    "private-wrong": Problem("The private part is not the one that this entry names.", SET_ASIDE),
    "ward-foreign": Problem("This entry is for a ward that the tablet does not belong to.", SET_ASIDE),
    # Photographs.
    "blob-too-large": Problem("This photograph is larger than one may be.", PHOTOGRAPH_SET_ASIDE),
    "blob-digest-wrong": Problem("This photograph is not the one that it is said to be.", PHOTOGRAPH_SET_ASIDE),
    "blob-not-jpeg": Problem("This photograph is not a picture of the agreed kind (JPEG).", PHOTOGRAPH_SET_ASIDE),
    # Certificates and envelopes.
    "certificate-missing": Problem("The writer's certificate did not come with this entry.", SET_ASIDE),
    "certificate-forged": Problem(
        "The writer's certificate was not made by this hospital's server.", SET_ASIDE, NOT_TAKEN
    ),
    "key-unknown": Problem("This was made with a server key that is not known here.", SET_ASIDE, PHOTOGRAPH_SET_ASIDE),
    "server-key-forged": Problem("The server named a new key that the ones before it do not vouch for.", NOT_TAKEN),
    "envelope-missing": Problem("The envelope that this entry is sealed in did not come with it.", SET_ASIDE),
    "envelope-broken": Problem("The envelope cannot be opened by this server.", SET_ASIDE, PHOTOGRAPH_SET_ASIDE),
    "seal-broken": Problem("What was sealed cannot be opened with its envelope.", SET_ASIDE, PHOTOGRAPH_SET_ASIDE),
    # Devices and people.
    "token-wrong": Problem("This tablet is not known to the server. Ask an administrator for a new tablet code.", KEPT),
    "token-expired": Problem("The tablet must prove again who is working. It does so by itself.", PROVED),
    "challenge-wrong": Problem("The tablet could not prove who is working. Unlock it again.", NOT_READ),
    "enrolment-ended": Problem("You are no longer enrolled on this tablet. Add yourself again.", NOT_READ),
    "tablet-revoked": Problem("This tablet was taken out of use.", EMPTIED),
    "code-wrong": Problem("This tablet code is not valid. Check it, or ask for a new one.", ANEW),
    "code-expired": Problem("This tablet code has expired. Ask for a new one.", ANEW),
    "login-wrong": Problem("Name or password is not right.", ANEW),
    "role-missing": Problem("You have no role on this tablet's wards. Ask the ward manager.", ANEW),
    "possession-unproved": Problem("The tablet could not show that the new key is its own. Try again.", ANEW),
    "too-many-tries": Problem("Too many tries. Wait a little and try again.", ANEW, KEPT),
    "not-allowed": Problem("Your role does not allow this.", ANEW),
    # Releases.
    "release-unknown": Problem("The server does not have this release of the protocol.", LISTED),
    # The server itself.
    "root-keys-missing": Problem(
        "The server has no root keys. Run `manage.py make_root_keys` or set BEDSIDE_ROOT_KEYS.", KEPT
    ),
    "root-keys-broken": Problem(
        "The root keys cannot be read. They are written number:secret, separated by commas.", KEPT
    ),
    "server-error": Problem(
        "Something went wrong on the server. Nothing was lost; it will be tried again.", KEPT, FAILING
    ),
    "not-found": Problem("There is nothing at this address.", KEPT),
    "method-wrong": Problem("This address does not take that kind of request.", KEPT),
}

# What only the admin's pages and the command line say.
OFFICE_PROBLEMS: Final[dict[str, Problem]] = {
    # Drafts and releases.
    "condition-wrong": Problem("This condition cannot be read.", TYPED),
    "release-broken": Problem("This protocol does not hold together and was not published.", UNCHANGED),
    "draft-unchanged": Problem(
        "Nothing has changed since the last release, so there is nothing to propose.", UNCHANGED
    ),
    "draft-changed": Problem("The draft was changed after you looked at it. Read it again first.", UNCHANGED),
    "reason-missing": Problem("Say why.", UNCHANGED),
    "own-proposal": Problem("You proposed this. Another person must approve it or send it back.", UNCHANGED),
    "proposal-decided": Problem("This proposal was already decided on.", UNCHANGED),
    "proposal-stale": Problem("The draft was changed after it was proposed. It must be proposed anew.", UNCHANGED),
    "release-recalled": Problem("This release was already recalled.", UNCHANGED),
    "effective-past": Problem("A release cannot take effect before it is published.", UNCHANGED),
    # Records and exports.
    "case-unknown": Problem("The server has no such case.", MENDED),
    "export-storage": Problem("The export could not be written to the server's disk. Tell the administrator.", FAILED),
    "export-given-up": Problem(
        "The export was tried three times and did not come to an end. Tell the administrator.", FAILED
    ),
}

# What only other systems of the hospital are told, by the API of docs/api.md.
READ_API_PROBLEMS: Final[dict[str, Problem]] = {
    "api-token-missing": Problem("This address needs an API token.", NOT_ADMITTED),
    "api-token-wrong": Problem("This API token is not known here.", NOT_ADMITTED),
    "api-token-expired": Problem("This API token has expired. Make a new one in the administration.", NOT_ADMITTED),
    "api-token-revoked": Problem("This API token was revoked, or the person it acts for has left.", NOT_ADMITTED),
    "scope-missing": Problem("This API token is not for this.", NOT_ADMITTED),
    "parameter-unknown": Problem("This address takes no such parameter.", MENDED),
    "parameter-wrong": Problem("This parameter cannot have this value.", MENDED),
    "not-acceptable": Problem("This address gives no such kind of reply.", MENDED),
    "protocol-unknown": Problem("The server has no such protocol.", MENDED),
    "export-unknown": Problem("The server has no such export.", MENDED),
    "export-empty": Problem("No case is like this, so there is nothing to export.", MENDED),
    "export-unfinished": Problem("The export is not finished. Ask again later.", LATER),
    "export-gone": Problem(
        "The export has no file: it failed, or the file was removed. Export again if it is needed.", ANEW
    ),
    "purpose-missing": Problem("Say what the names are needed for.", MENDED),
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
        return PROBLEMS[self.code].words
