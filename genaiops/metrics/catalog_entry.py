"""What the catalog says of a metric."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """`module:function` inside of genaiops.metrics, one line of help, and what it cannot see.

    `blind` are the blind spots, one short sentence each, for the card.
    """

    function: str
    help: str
    blind: tuple[str, ...] = ()
