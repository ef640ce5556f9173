"""CRMs read over their API: the answers are saved as they come, and imported like any export of files.

The libraries are extras and imported only when a source is used.
"""

from collections.abc import Callable, Mapping

from qbclean.crm.live.answers import Fetch
from qbclean.crm.live.hubspot import fetch_hubspot
from qbclean.crm.live.salesforce import fetch_salesforce

LIVE_SOURCES: Mapping[str, Callable[..., Fetch]] = {"hubspot": fetch_hubspot, "salesforce": fetch_salesforce}
"""Profile → what fetches its records; each takes the environment it finds its access token in."""
