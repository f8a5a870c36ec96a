"""No page lets a text become a script: Trusted Types are on, and every page of the admin works under them."""

import re

import pytest
from playwright.sync_api import Error, Page

from tests.journeys.harness import Server, TabletFactory
from tests.journeys.test_administration import sign_in

ROLES = ("administrator", "editor", "auditor")
# What an attacker would have a page write.
HARMFUL = "<b>bold</b><img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
WRITE = "html => { const place = document.createElement('p'); place.innerHTML = html; return place.innerHTML; }"
LOAD = "() => { const script = document.createElement('script'); script.src = '/static/tablet/other.js'; }"


def pages_of(page: Page, server: Server) -> list[str]:
    """One address of each kind that links lead to, from the front page on."""
    seen: dict[str, str] = {}
    waiting = ["/admin/"]
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|(?<=/)\d+(?=/)", "*", address)
        if kind in seen or kind.endswith("/history/"):
            continue
        seen[kind] = address
        page.goto(server.url + address)
        links = page.locator("a[href]:not([download])").evaluate_all(
            "found => found.map(link => new URL(link.href).pathname)"
        )
        waiting += [link for link in links if link.startswith("/admin/") and "/logout" not in link]
    return list(seen)


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_the_admin_works_and_cleans_what_is_written(
    role: str, server: Server, tablet_factory: TabletFactory
) -> None:
    """A script of the page's own that the policy stops would stand in the console, which fails the journey."""
    desk = tablet_factory(viewport={"width": 1180, "height": 820})
    sign_in(desk.page, server, role)
    kinds = pages_of(desk.page, server)
    assert len(kinds) > 5, kinds
    desk.expect_error("inline event handler")  # the cleaner reads the text in a document of its own
    assert desk.page.evaluate(WRITE, HARMFUL) == '<b>bold</b><img src="x">'
    desk.expect_error("TrustedScriptURL")
    with pytest.raises(Error, match="TrustedScriptURL"):
        desk.page.evaluate(LOAD)


def test_a_tablets_page_takes_no_text_at_all(server: Server, tablet_factory: TabletFactory) -> None:
    tablet = tablet_factory()
    page = tablet.open("/tablet/")
    page.get_by_test_id("register-code").wait_for()
    tablet.expect_error("Trusted")
    for act, what in ((WRITE, "TrustedHTML"), (LOAD, "TrustedScriptURL")):
        with pytest.raises(Error, match=what):
            page.evaluate(act, HARMFUL)
    with pytest.raises(Error, match="createPolicy"):
        page.evaluate("() => trustedTypes.createPolicy('default', {createHTML: text => text})")
