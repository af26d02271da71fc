"""The arms of a comparison: every combination of what the command line names. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from pydantic import JsonValue, ValidationError

from genaiops.errors import InputError, suggest
from genaiops.project.overrides import FlowOverrides
from genaiops.records import Parameters
from genaiops.specs.load import plain_value

MOST_ARMS = 200
AS_IT_IS = "as it is"


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to answer the cases, and what it is called in every report."""

    label: str
    overrides: FlowOverrides


@dataclass(frozen=True, slots=True)
class Way:
    """A prompt or a variant, by its label; the flow as it is has neither."""

    label: str
    variant: str | None = None
    prompt: str | None = None


def arms_of(
    ways: Sequence[Way], models: Sequence[str], settings: Sequence[Parameters]
) -> tuple[Arm, ...]:
    """Each way with each model and each setting; an empty dimension is left as the files say.

    A label names only what differs between the arms.

    Raises:
        InputError: something is named twice, or there are more than 200 arms.
    """
    _refuse_doubled("prompt or variant", [way.label for way in ways])
    _refuse_doubled("model", models)
    count = max(len(ways), 1) * max(len(models), 1) * max(len(settings), 1)
    if count > MOST_ARMS:
        raise InputError(f"{count} combinations are more than {MOST_ARMS}: name fewer")
    arms: list[Arm] = []
    for way, model, setting in product(ways or [Way("")], models or [None], settings or [None]):
        parts = {
            way.label: len(ways),
            model or "": len(models),
            settings_text(setting): len(settings),
        }
        label = " · ".join(text for text, size in parts.items() if text and size > 1)
        single = next((text for text in parts if text), AS_IT_IS)
        over = FlowOverrides(way.variant, model, way.prompt, setting)
        arms.append(Arm(label or single, over))
    return tuple(arms)


def beside_the_flow_as_it_is(arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
    """The arms, and before a single one the flow without what it changes."""
    if len(arms) != 1:
        return arms
    over = arms[0].overrides
    parts = (over.variant, over.prompt, over.model, settings_text(over.parameters))
    label = " · ".join(part.removeprefix("-p ") for part in parts if part)
    return (Arm(AS_IT_IS, FlowOverrides()), replace(arms[0], label=label)) if label else arms


def parse_settings(written: Iterable[str]) -> tuple[Parameters, ...]:
    """`temperature=0,0.7` and `max_tokens=100` to every combination; nothing to none.

    Raises:
        InputError: an entry has another form, or is no parameter of a model.
    """
    axes: dict[str, list[JsonValue]] = {}
    for entry in written:
        name, equals, values = entry.partition("=")
        if not equals or not values:
            raise InputError(f"--param {entry}: write NAME=VALUE,VALUE such as temperature=0,0.7")
        if name not in _SETTINGS:
            raise InputError(f"--param {entry}: no parameter {name!r}{suggest(name, _SETTINGS)}")
        if name in axes:
            raise InputError(f"--param {name} is given twice; write its values with commas")
        axes[name] = [plain_value(value) for value in values.split(",")]
    if not axes:
        return ()
    return tuple(
        _setting(dict(zip(axes, values, strict=True))) for values in product(*axes.values())
    )


def settings_text(parameters: Parameters | None) -> str:
    """What is set, as `temperature=0.7`."""
    said = parameters.model_dump(exclude_unset=True) if parameters else {}
    return " ".join(f"{name}={value:g}" for name, value in said.items())


_SETTINGS = ("temperature", "top_p", "max_tokens", "seed")


def _refuse_doubled(what: str, names: Sequence[str]) -> None:
    doubled = sorted({name for name in names if list(names).count(name) > 1})
    if doubled:
        raise InputError(f"the {what} {doubled[0]!r} is named twice; compare it once")


def _setting(chosen: dict[str, JsonValue]) -> Parameters:
    try:
        return Parameters.model_validate(chosen)
    except ValidationError as error:
        told = error.errors(include_url=False)[0]
        message = f"{told['msg'][:1].lower()}{told['msg'][1:]}"
        raise InputError(f"--param {told['loc'][0]}: {message}") from error
