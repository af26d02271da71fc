"""Which sampling parameters a call is made with."""

from genaiops.records import Parameters


def with_defaults(given: Parameters, defaults: Parameters) -> Parameters:
    """What a request gives, and the model's own where it gives nothing (None, or no stop words)."""
    said = dict(_said(given)) if given.model_fields_set else {}
    return defaults.model_copy(update=said) if said else defaults


def drawn_seed(seed: int | None, repeat: int) -> int | None:
    """The seed of one repeat: a repeat is a new draw, so that a fixed seed moves along with it."""
    return None if seed is None else seed + repeat


def _said(parameters: Parameters) -> list[tuple[str, object]]:
    return [(name, value) for name, value in parameters if value is not None and value != ()]
