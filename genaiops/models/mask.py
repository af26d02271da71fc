"""Keeping secrets out of what is shown."""

from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote

_SHORTEST = 6


class Mask:
    """Takes secrets out of texts, also in their base64 and URL forms."""

    def __init__(self, secrets: Iterable[str]) -> None:
        kept = {secret for secret in secrets if len(secret) >= _SHORTEST}
        forms = kept | {quote(s, safe="") for s in kept} | {_base64(s) for s in kept}
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text with `***` in the place of each secret."""
        for form in self._forms:
            text = text.replace(form, "***")
        return text


def _base64(secret: str) -> str:
    return b64encode(secret.encode()).decode().rstrip("=")
