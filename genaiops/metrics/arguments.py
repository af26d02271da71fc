"""What each parameter of a metric gets: from the use, by its name, or by default. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from genaiops.errors import InputError, suggest
from genaiops.metrics.declare import MetricDeclaration
from genaiops.metrics.parameters import EMBEDDER, HANDED, MODEL, RECORDS, Parameter
from genaiops.specs.references import Reference, find_references

CASE_FIELDS = ("id", "inputs", "expected", "tags", "cluster")
RUN_FIELDS = ("flow", "inputs", "outputs", "latency_s", "usage")
PASSAGES = "passages"
_EXAMPLES = {EMBEDDER: "minilm", MODEL: "gpt-4o-mini"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The names that arguments can refer to."""

    outputs: Collection[str] | None = None
    """Of the flow; None where only a run would tell."""
    expected: Collection[str] = ()
    """What the cases expect."""
    inputs: Collection[str] | None = None
    """Of the cases; None where they are not known."""
    embedders: Collection[str] = ()
    """Of the catalog."""
    models: Collection[str] = ()
    """Models and selections of the catalog."""

    def catalog(self, kind: str) -> list[str]:
        """The names of the catalog that a parameter can be given, sorted."""
        return sorted(self.embedders if kind == EMBEDDER else self.models)


@dataclass(slots=True)
class Arguments:
    """What each parameter gets, and the faults of the use.

    `templates` hold references, `constants` are checked values, `records` are the parameters that
    get a whole record, `handed` has the catalog's names of the embedder and the model.
    """

    templates: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    constants: dict[str, object] = field(default_factory=dict[str, object])
    records: list[str] = field(default_factory=list[str])
    handed: dict[str, str] = field(default_factory=dict[str, str])
    faults: list[str] = field(default_factory=list[str])

    @property
    def said(self) -> dict[str, JsonValue]:
        """The templates and the names of what is handed in as JSON, for the digest."""
        return {**self.templates, **self.handed}


def assign(
    given: Mapping[str, JsonValue],
    parameters: Mapping[str, Parameter],
    declaration: MetricDeclaration,
    around: Surroundings,
) -> Arguments:
    """Give every parameter what it gets."""
    found = Arguments()
    for name in given:
        if name not in parameters:
            found.faults.append(f"unknown argument {name!r}{suggest(name, parameters)}")
    for name, parameter in parameters.items():
        if name in HANDED:
            _assign_handed(found, parameter, given, declaration, around)
        elif name in given:
            _assign_given(found, parameter, given[name], around)
        elif name in RECORDS:
            found.records.append(name)
        else:
            _assign_default(found, parameter, declaration, around)
    return found


def _assign_given(
    found: Arguments, parameter: Parameter, value: JsonValue, around: Surroundings
) -> None:
    try:
        references = list(find_references(value))
    except InputError as error:
        found.faults.append(f"{parameter.name}: {error}")
        return
    if references:
        found.templates[parameter.name] = value
        problems = (_problem(reference, around) for reference in references)
        found.faults += [f"{parameter.name}: {problem}" for problem in problems if problem]
        return
    try:
        found.constants[parameter.name] = parameter.checked(value)
    except ValueError as error:
        found.faults.append(str(error))


def _assign_default(
    found: Arguments, parameter: Parameter, declaration: MetricDeclaration, around: Surroundings
) -> None:
    name = parameter.name
    if name in declaration.needs:
        reference = declaration.needs[name]
        problem = next(
            filter(None, (_problem(r, around) for r in find_references(reference))), None
        )
    else:
        output = _answer_output(found.templates, around)
        reference, problem = _by_name(parameter, output, around), None
    if reference is not None and problem is None:
        found.templates[name] = reference
    elif parameter.is_required:
        why = f"{problem}; " if problem else ""
        found.faults.append(f"{name}: {why}{_say(name, around)}")


def _assign_handed(
    found: Arguments,
    parameter: Parameter,
    given: Mapping[str, JsonValue],
    declaration: MetricDeclaration,
    around: Surroundings,
) -> None:
    kind = parameter.name
    known = around.catalog(kind)
    named = given.get(kind, declaration.model if kind == MODEL else None)
    if isinstance(named, str) and named in known:
        found.handed[kind] = named
    elif named is not None or (kind in given and parameter.is_required):
        found.faults.append(f"unknown {kind} {named!r}{suggest(str(named), known)}")
    elif not parameter.is_required:
        return  # a metric that works without one gets the one that its use names
    elif kind == EMBEDDER and len(known) == 1:
        found.handed[kind] = known[0]
    else:
        told = f" (known: {', '.join(known)})" if known else "; the catalog has none"
        say = f"`{kind}: {known[0] if known else _EXAMPLES[kind]}`"
        article = "an" if kind == EMBEDDER else "a"
        found.faults.append(f"needs {article} {kind}: name one by {say}{told}")


def _by_name(parameter: Parameter, output: str | None, around: Surroundings) -> str | None:
    """The reference that a parameter gets by its name alone."""
    name = parameter.name
    match name:
        case "answer":
            return _run_output(output)
        case "expected":
            return _expected(output, around)
        case "inputs":
            return "${run.inputs}"
        case _:
            # one that has a default keeps it, whatever the outputs are called
            is_wanted = name == PASSAGES or parameter.is_required
            return _same_name(name, around) if is_wanted else None


def _same_name(name: str, around: Surroundings) -> str | None:
    """The output of a name, else the expected value; where outputs are not known, the output."""
    if name in (around.outputs or ()):
        return _run_output(name)
    if name in around.expected and name != PASSAGES:
        return f"${{case.expected.{name}}}"
    return _run_output(name) if around.outputs is None else None


def _run_output(name: str | None) -> str | None:
    return f"${{run.outputs.{name}}}" if name else None


def _answer_output(templates: Mapping[str, JsonValue], around: Surroundings) -> str | None:
    """The output that is the answer: as the use says, by that name, or the only one."""
    said = templates.get("answer")
    for reference in find_references(said):
        if reference.root == "run" and reference.path[:1] == ("outputs",) and reference.path[1:]:
            return reference.path[1]
    if around.outputs is None or "answer" in around.outputs:
        return "answer"
    texts = [name for name in around.outputs if name != PASSAGES]
    return texts[0] if len(texts) == 1 else None


def _expected(output: str | None, around: Surroundings) -> str | None:
    """The expected value of the same name as the answer, or the only one."""
    labels = [name for name in around.expected if name != PASSAGES]
    name = next((name for name in (output, "answer") if name in labels), None)
    name = name or (labels[0] if len(labels) == 1 else None)
    return f"${{case.expected.{name}}}" if name else None


def _problem(reference: Reference, around: Surroundings) -> str | None:
    """What is wrong with a reference, as far as the names tell."""
    fields = {"case": CASE_FIELDS, "run": RUN_FIELDS}.get(reference.root)
    if fields is None:
        known = suggest(reference.root, ("case", "run"))
        return f"{reference}: a metric sees the case and the run{known}"
    first, second = (*reference.path, "", "")[:2]
    if first and first not in fields:
        return f"{reference}: a {reference.root} has no {first!r}{suggest(first, fields)}"
    names, owner = {
        ("case", "inputs"): (around.inputs, "no case has an input"),
        ("case", "expected"): (around.expected, "no case has an expected"),
        ("run", "outputs"): (around.outputs, "the flow has no output"),
    }.get((reference.root, first), (None, ""))
    if names is not None and second and second not in names:
        return f"{reference}: {owner} {second!r}{suggest(second, names)}"
    return None


def _say(name: str, around: Surroundings) -> str:
    """What to write where no default is possible."""
    choices = list(_choices(around))
    listed = ", ".join(choices[:6]) or "the flow has no outputs and the cases expect nothing"
    return (
        f"say where it comes from, `{name}: {choices[0] if choices else '…'}` (there are: {listed})"
    )


def _choices(around: Surroundings) -> Iterator[str]:
    yield from (f"${{run.outputs.{each}}}" for each in around.outputs or ())
    yield from (f"${{case.expected.{each}}}" for each in around.expected)
