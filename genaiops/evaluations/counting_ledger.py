"""A ledger that counts what passes through it."""

from genaiops.protocols import Ledger
from genaiops.records import Completion


class CountingLedger:
    """A ledger that counts the calls that were made and those that were answered from records.

    Without `reuse` all calls are made. They are recorded where there is no record yet, and with
    `replace` in place of those that there are.
    """

    def __init__(self, ledger: Ledger, *, reuse: bool, replace: bool = False) -> None:
        self._ledger = ledger
        self._reuse = reuse
        self._replace = replace
        self.made = 0
        self.reused = 0

    def find(self, key: str) -> Completion | None:
        """The recorded answer, unless answers are not to be reused."""
        found = self._ledger.find(key) if self._reuse else None
        self.reused += found is not None
        return found

    def keep(self, key: str, model: str, completion: Completion, *, replace: bool = True) -> None:
        """Record a call that was made."""
        self.made += 1
        may_replace = replace and (self._reuse or self._replace)
        self._ledger.keep(key, model, completion, replace=may_replace)

    def claim(self, key: str) -> bool:
        """Take a call, unless all are made anyway."""
        return not self._reuse or self._ledger.claim(key)

    def release(self, key: str) -> None:
        """Let others take a call."""
        self._ledger.release(key)
