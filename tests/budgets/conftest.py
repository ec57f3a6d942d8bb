import json
from typing import Any

import pytest

from tests.embedded import EmbeddedDemo

PATHS = ["/", "/help/", "/verify/", "/badges/", "/badges/clean-needle-technique/", "/issuers/northgate/", "/guides/"]
# One of each tone, and the longest name.
STATES = ["valid", "expired", "revoked", "private", "not_found"]


@pytest.fixture(scope="module")
def links(embedded: EmbeddedDemo) -> dict[str, Any]:
    return json.loads(embedded.manage("demo_links", "--json"))


@pytest.fixture
def addresses(links: dict[str, Any]) -> list[str]:
    """Public pages, the kinds that strangers meet."""
    return [*(links["base"] + path for path in PATHS), *(links["pages"][state] for state in STATES)]
