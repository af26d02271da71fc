"""Holds back what an arm says until it says something: until then another arm may answer. Pure."""

from collections.abc import Callable

from genaiops.protocols import OnText


class FirstText:
    """Hands text on from the first that is not blank; `is_heard` once it did.

    `on_first` is called right before that, and may raise to keep it back.
    """

    def __init__(self, on_text: OnText, on_first: Callable[[], None] | None = None) -> None:
        self.is_heard = False
        self._on_text = on_text
        self._on_first = on_first
        self._held = ""

    def __call__(self, text: str) -> None:
        """Take new text."""
        if not self.is_heard:
            self._held += text
            if not self._held.strip():
                return
            if self._on_first is not None:
                self._on_first()
            self.is_heard, text = True, self._held
        self._on_text(text)
