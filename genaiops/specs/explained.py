"""The docstrings of fields, read from the source when a schema is written and not before."""

import ast
import inspect
import textwrap
from itertools import pairwise

from pydantic import BaseModel


def explained_fields(model: type[BaseModel]) -> dict[str, str]:
    """What stands below each field of a model, of its own or of a base, by the field's name."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        own = inspect.get_annotations(base)
        if BaseModel in base.__mro__ and base is not BaseModel and own:
            told = _explained(base)
            found = {name: text for name, text in found.items() if name not in own} | told
    return found


def _explained(model: type) -> dict[str, str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    told: dict[str, str] = {}
    for field, text in pairwise(body):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(written))),
            ):
                told[name] = inspect.cleandoc(written)
            case _:
                pass
    return told
