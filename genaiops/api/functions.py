"""Functions as they are handed in, and the names by which a spec calls them."""

import re
from collections.abc import Callable

from genaiops.errors import InputError
from genaiops.flow.functions import UserFunction
from genaiops.project.code import Function, is_python_flow
from genaiops.resolve import source_of

_LAMBDA = "<lambda>"


class Functions:
    """Gives each function a name such as `app:answer`."""

    def __init__(self) -> None:
        self.by_reference: dict[str, object] = {}

    def take(self, function: Callable[..., object]) -> str:
        """The reference of a function from now on.

        Raises:
            InputError: it is none, its source cannot be read, or another one is called the same.
        """
        if not callable(function):
            raise InputError(f"{function!r} is no function, and no name of one as 'app:answer' is")
        reference = _reference(function)
        if source_of(function) is None:
            raise InputError(
                f"the source of {function!r} cannot be read, so a change of it would go unseen; "
                "write a `def` around it, in a file or a cell"
            )
        if self.by_reference.setdefault(reference, function) is not function:
            raise InputError(f"two functions are called {reference}; give one another name")
        return reference


def name_of(function: Callable[..., object]) -> str:
    """The name of a function, as a name of an evaluation."""
    return re.sub(r"\W+", "-", str(getattr(function, "__name__", "function"))).strip("-")


def declared_by(reference: str, function: object) -> Function:
    """What a function takes.

    Raises:
        InputError: it is none that a case can be given to.
    """
    known = UserFunction(reference, function)
    names = list(known.signature.parameters)
    return Function(
        line=0,
        required=tuple(name for name in names if name in known.required),
        optional=tuple(name for name in names if name in known.optional),
        takes_any=known.takes_any,
        takes_run=known.run_parameter is not None,
    )


def _reference(function: Callable[..., object]) -> str:
    name = str(getattr(function, "__name__", type(function).__name__))
    if name == _LAMBDA:
        line = getattr(getattr(function, "__code__", None), "co_firstlineno", 0)
        name = f"lambda_{line}"
    reference = f"{getattr(function, '__module__', None) or '__main__'}:{name}"
    if is_python_flow(reference):
        return reference
    usable = re.sub(r"\W", "_", name)
    return f"__main__:{usable}"
