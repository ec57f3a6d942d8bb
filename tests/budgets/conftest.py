import json
from typing import Any

import pytest
from playwright.sync_api import Browser

from earners.guides import GUIDES
from tests.browser import logged_in
from tests.budgets.measuring import Measured, measure
from tests.embedded import EmbeddedDemo

PATHS = [
    *("/", "/help/", "/help/?organisation=northgate", "/verify/", "/verify/list/", "/verify/?code=7KQ4-M2XD"),
    *("/badges/", "/badges/clean-needle-technique/", "/issuers/northgate/", "/log/", "/nothing-here/"),
    *("/p/amara-okafor/", "/p/amara-okafor/for-employers/", "/p/nobody-at-all/", "/s/no-such-link"),
    *("/guides/", *(f"/guides/{guide.slug}/" for guide in GUIDES)),
]


@pytest.fixture(scope="session")
def links(embedded: EmbeddedDemo) -> dict[str, Any]:
    return json.loads(embedded.manage("demo_links", "--json"))


@pytest.fixture(scope="session")
def addresses(browser: Browser, links: dict[str, Any]) -> list[str]:
    """Public pages: each kind that strangers meet, and a badge in every state."""
    owner = logged_in(browser, links, links["earners"][0])
    owner.goto(links["base"] + "/portfolio/links/")
    share_link = owner.locator(".share-links input").first.get_attribute("value") or ""
    owner.context.close()
    old_version = links["pages"]["corrected"] + "/versions/1"
    return [*(links["base"] + path for path in PATHS), *links["pages"].values(), old_version, share_link]


@pytest.fixture(scope="session")
def measured(browser: Browser, addresses: list[str]) -> dict[str, Measured]:
    """Each page is visited once, and measured in every way that the tests of this folder ask about."""
    return {address: measure(browser, address) for address in addresses}
