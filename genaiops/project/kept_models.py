"""Models that stay open when a project is read anew, as long as they are the same."""

from genaiops.models.wrapped import WrappedModel
from genaiops.protocols import Model


class _Lent(WrappedModel):
    """A model that its user does not close."""

    async def aclose(self) -> None:
        """Its owner closes it."""


class KeptModels:
    """Lends models by name and identity, so that weights stay loaded and connections open."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Model] = {}
        self._lent: set[tuple[str, str]] = set()

    def lend(self, built: Model) -> Model:
        """The model that was kept of this name and identity, else this one, which is kept then."""
        key = (built.name, built.identity)
        self._lent.add(key)
        return _Lent(self._kept.setdefault(key, built))

    def take_back(self) -> None:
        """Nothing is lent any more; what is not lent again, the next sweep closes."""
        self._lent.clear()

    async def sweep(self) -> None:
        """Close what is not lent."""
        for key in self._kept.keys() - self._lent:
            await self._kept.pop(key).aclose()
