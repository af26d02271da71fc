"""The arguments of a metric that a case and its run fill in. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.errors import InputError
from genaiops.metrics.parameters import Parameter
from genaiops.records import Case, FlowRun
from genaiops.specs.references import (
    Reference,
    find_references,
    look_up,
    parse_template,
    resolve,
)

Values = dict[str, object]
"""Values of arguments by the names of their parameters."""


class Absent(Exception):
    """A case or a run lacks what an argument refers to."""

    def __init__(self, reference: Reference) -> None:
        path = ".".join(reference.path)
        super().__init__(f"the {reference.root} has no {path}" if path else f"no {reference.root}")


class Misfit(Exception):
    """What an argument refers to is there, but the metric cannot take it."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument that is filled in for each case; `is_of_case` where it needs no run."""

    parameter: Parameter
    template: JsonValue
    references: tuple[Reference, ...]
    whole: Reference | None

    @property
    def is_of_case(self) -> bool:
        return all(reference.root == "case" for reference in self.references)

    def filled(self, scope: Mapping[str, JsonValue]) -> JsonValue:
        """The template with values for its references; None is as good as not there.

        Raises:
            Absent: a value is not there.
            Misfit: a value does not go into a text.
        """
        for reference in self.references:
            value = _found(reference, scope)
            if value is None:
                raise Absent(reference)
            if self.whole is not None:
                return value
        return self._put_together(scope)

    def is_empty(self, scope: Mapping[str, JsonValue]) -> bool:
        """Whether a value says nothing, or what it is made of is not there.

        Raises:
            Misfit: a value does not go into a text.
        """
        if self.whole is not None:
            value = _found(self.whole, scope)
        elif any(_is_missing(reference, scope) for reference in self.references):
            return True
        else:
            value = self._put_together(scope)
        return value is None or (isinstance(value, str) and not value.strip())

    def _put_together(self, scope: Mapping[str, JsonValue]) -> JsonValue:
        try:
            return resolve(self.template, scope)
        except InputError as error:
            raise Misfit(str(error)) from error


def argument_of(parameter: Parameter, template: JsonValue) -> Argument:
    """An argument as a use writes it, with `${…}` for what a case or its run fills in."""
    parts = parse_template(template) if isinstance(template, str) else ()
    whole = parts if isinstance(parts, Reference) else None
    return Argument(parameter, template, tuple(find_references(template)), whole)


def filled_values(arguments: Iterable[Argument], scope: Mapping[str, JsonValue]) -> Values:
    """What a metric is called with, as far as a case and its run tell; defaults stand elsewhere.

    Raises:
        Absent: a value that is needed is not there.
        Misfit: a value is not what the metric takes.
    """
    found: Values = {}
    for argument in arguments:
        parameter = argument.parameter
        try:
            value = argument.filled(scope)
        except Absent:
            if parameter.is_required:
                raise
            continue  # the function's own default stands
        try:
            found[parameter.name] = parameter.checked(value)
        except ValueError as error:
            raise Misfit(str(error)) from error
    return found


def _is_missing(reference: Reference, scope: Mapping[str, JsonValue]) -> bool:
    try:
        look_up(reference, scope)
    except InputError:
        return True
    return False


def _found(reference: Reference, scope: Mapping[str, JsonValue]) -> JsonValue:
    """The value that a reference points at, or None."""
    try:
        return look_up(reference, scope)
    except InputError:
        return None


def case_scope(case: Case) -> JsonValue:
    """What `${case.…}` refers to."""
    return {
        "id": case.id,
        "inputs": case.inputs,
        "expected": case.expected,
        "tags": case.tags,
        "cluster": case.cluster,
    }


def run_scope(run: FlowRun) -> JsonValue:
    """What `${run.…}` refers to; numbers that nobody recorded are not there."""
    usage, is_told = run.usage, "tokens" not in run.untold
    return {
        "flow": run.flow,
        "inputs": run.inputs,
        "outputs": run.outputs or {},
        "latency_s": None if run.batched or "latency" in run.untold else run.latency_s,
        "usage": {
            "input_tokens": usage.input_tokens if is_told else None,
            "output_tokens": usage.output_tokens if is_told else None,
            "cost_usd": usage.cost_usd,
        },
    }
