"""What a module of this folder yields, and how it says that it cannot."""

from genaiops.metrics.agreement import Agreement as Row

__all__ = ["NotThere", "Row"]


class NotThere(Exception):
    """Data, weights or a file that a module needs is not on this machine; says what to do."""
