"""List prices, where the extra that knows them is installed."""

from functools import cache
from typing import Protocol, cast

from genaiops.errors import MissingExtra
from genaiops.models.address import is_loopback
from genaiops.resolve import load_extra
from genaiops.specs.catalog import Price


class _Prices(Protocol):
    def listed_price(self, model: str, base_url: str) -> Price | None: ...


@cache
def known_price(model: str, base_url: str) -> Price | None:
    """The list price of a model at an endpoint; None where it, or the extra, is not there."""
    if is_loopback(base_url):
        return None
    try:
        module = load_extra("genaiops.models.listed_prices", "list prices", "prices")
    except MissingExtra:
        return None
    return cast("_Prices", module).listed_price(model, base_url)
