"""What a template may say, and how it is made to count its work before it runs."""

from collections.abc import Iterator
from typing import cast

from jinja2 import nodes

from genaiops.errors import TemplateError, suggest
from genaiops.prompts.filters import FILTERS, REFUSED_FILTERS, TESTS

COUNTED = "counted loop"
WEIGHED = "weighed value"
JOINED = "joined texts"
"""Filters that only this module can name: no template can, since they hold a space."""

MAX_DEPTH = 60
MAX_PARTS = 10_000
_STATEMENTS = (
    *(nodes.Template, nodes.Output, nodes.For, nodes.If, nodes.Assign, nodes.With, nodes.Scope),
)
_EXPRESSIONS = (
    *(nodes.Name, nodes.Const, nodes.TemplateData, nodes.Tuple, nodes.List, nodes.Dict, nodes.Pair),
    *(nodes.Keyword, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Call, nodes.Getitem),
    *(nodes.Getattr, nodes.Slice, nodes.Concat, nodes.Compare, nodes.Operand, nodes.And, nodes.Or),
    *(nodes.Not, nodes.Neg, nodes.Pos, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div),
    *(nodes.FloorDiv, nodes.Mod, nodes.Pow),
)
_TAGS: dict[type[nodes.Node], str] = {
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "from … import",
    nodes.Extends: "extends",
    nodes.Block: "block",
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
    nodes.AssignBlock: "set … endset",
    nodes.ScopedEvalContextModifier: "autoescape",
    nodes.NSRef: "set of an attribute",
}


class Refused(TemplateError):
    """Something that a template may not say, with its line in the template."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def check_syntax(template: nodes.Template) -> None:
    """Refuse all that is not on the list.

    Raises:
        Refused: a tag, filter, test or call is not available, or all is nested too deep.
    """
    rest: list[tuple[nodes.Node, int]] = [(template, 0)]
    parts = 0
    while rest:
        node, depth = rest.pop()
        parts += 1
        if parts > MAX_PARTS:
            raise Refused(1, f"the template has more than {MAX_PARTS:,} parts")
        if depth > MAX_DEPTH:
            raise Refused(node.lineno, f"nested deeper than {MAX_DEPTH} levels")
        _check_node(node)
        rest.extend((child, depth + 1) for child in node.iter_child_nodes())


def optional_names(template: nodes.Template) -> frozenset[str]:
    """Variables that the template asks for by `is defined` or `default`."""
    guarded: set[str] = set()
    for node in template.find_all((nodes.Test, nodes.Filter)):
        is_guard = node.name in {"defined", "undefined", "default", "d"}
        if is_guard and isinstance(node.node, nodes.Name):
            guarded.add(node.node.name)
    return frozenset(guarded)


def count_work(node: nodes.Node) -> None:
    """Rewrite a checked template in place, so that loops and long values are counted."""
    for child in node.iter_child_nodes():
        count_work(child)
    for name, value in node.iter_fields():
        if isinstance(value, list):
            listed = cast("list[object]", value)
            setattr(node, name, [_counted(item) for item in listed])
        else:
            setattr(node, name, _counted(value))
    if isinstance(node, nodes.For):
        weight = nodes.Const(_weight(node), lineno=node.lineno)
        node.iter = _call(COUNTED, cast("nodes.Expr", node.iter), weight)
    elif isinstance(node, nodes.Compare | nodes.Operand):
        node.expr = _call(WEIGHED, node.expr)


def _counted(value: object) -> object:
    if isinstance(value, nodes.Concat):
        return _call(JOINED, nodes.List(value.nodes, lineno=value.lineno))
    if isinstance(value, nodes.Getitem) and isinstance(value.arg, nodes.Slice):
        return _call(WEIGHED, value)
    return value


def _call(name: str, node: nodes.Expr, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno)


def _weight(loop: nodes.For) -> int:
    """The parts of a loop's body; an inner loop counts its own."""
    bodies = [*loop.body, *([loop.test] if loop.test is not None else [])]
    return 1 + sum(1 for body in bodies for _ in _parts(body))


def _parts(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    inner = [node.iter] if isinstance(node, nodes.For) else node.iter_child_nodes()
    for child in inner:
        yield from _parts(child)


def _check_node(node: nodes.Node) -> None:
    if isinstance(node, nodes.Filter):
        _check_filter(node)
    elif isinstance(node, nodes.Test) and node.name not in TESTS:
        raise Refused(node.lineno, f"unknown test {node.name!r}{suggest(node.name, TESTS)}")
    elif isinstance(node, nodes.Call):
        _check_call(node)
    elif isinstance(node, nodes.For) and node.recursive:
        raise Refused(node.lineno, "recursive loops are not available in prompts")
    elif isinstance(node, nodes.Name) and node.name == "self":
        raise Refused(node.lineno, "the name 'self' is not available in prompts")
    elif not isinstance(node, (*_STATEMENTS, *_EXPRESSIONS)):
        tag = _TAGS.get(type(node), type(node).__name__)
        raise Refused(
            node.lineno, f"{{% {tag} %}} is not available in prompts; there are if, for, set, with"
        )


def _check_filter(node: nodes.Filter) -> None:
    if node.name in REFUSED_FILTERS:
        message = f"filter {node.name!r} is not available: {REFUSED_FILTERS[node.name]}"
        raise Refused(node.lineno, message)
    if node.name not in FILTERS:
        raise Refused(node.lineno, f"unknown filter {node.name!r}{suggest(node.name, FILTERS)}")
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise Refused(node.lineno, "* and ** are not available in arguments")


def _check_call(node: nodes.Call) -> None:
    called = node.node
    is_range = isinstance(called, nodes.Name) and called.name == "range"
    is_cycle = (
        isinstance(called, nodes.Getattr)
        and called.attr == "cycle"
        and isinstance(called.node, nodes.Name)
        and called.node.name == "loop"
    )
    if not (is_range or is_cycle):
        name = getattr(called, "attr", getattr(called, "name", "that"))
        hint = f"; write x|{name}" if name in FILTERS else ""
        message = f"{name!r} cannot be called: there are range(…), loop.cycle(…) and filters{hint}"
        raise Refused(node.lineno, message)
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise Refused(node.lineno, "* and ** are not available in arguments")
