"""Python functions of the user: what they take, and how they are called."""

import inspect
import traceback
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import cast

from genaiops.digests import digest, digest_bytes
from genaiops.errors import CallError, GenaiopsError, InputError, suggest
from genaiops.resolve import file_of, source_of
from genaiops.threads import call_in_thread

Function = Callable[..., object]
_SIMPLE = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class UserFunction:
    """A function as a flow calls it: by keyword, with the run where it asks for it.

    Args:
        reference: how the flow names it, for messages.
        function: the function itself.

    Raises:
        InputError: it cannot be called by keyword alone.
    """

    def __init__(self, reference: str, function: object) -> None:
        if not callable(function):
            raise InputError(f"{reference} is no function but {type(function).__name__}")
        if inspect.isclass(function):
            raise InputError(f"{reference} is a class; name a function, or one of its methods")
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise InputError(f"{reference} yields; write a function that returns the whole answer")
        self.reference = reference
        self._function: Function = function
        self._signature = _signature(reference, self._function)
        self.takes_any = False
        self.required: set[str] = set()
        self.optional: set[str] = set()
        self.run_parameter: str | None = None
        for parameter in self._signature.parameters.values():
            self._take(parameter)
        if self.run_parameter and not inspect.iscoroutinefunction(function):
            raise InputError(f"{reference} takes the run, so it must be written with `async def`")

    @property
    def file(self) -> Path | None:
        """The file that defines the function; None where there is no such source."""
        return file_of(self._function)

    @property
    def source(self) -> bytes | None:
        """The file that defines the function, or its own source; see `source_of`."""
        return source_of(self._function)

    @property
    def digest(self) -> str:
        """The digest of the source; what that imports does not count."""
        return digest_bytes(self.source) if self.source is not None else digest(self.reference)

    @property
    def signature(self) -> inspect.Signature:
        """Names, annotations and defaults of the arguments."""
        return self._signature

    @property
    def description(self) -> str:
        """The docstring."""
        return inspect.getdoc(self._function) or ""

    @property
    def function(self) -> Function:
        """The function as the user wrote it."""
        return self._function

    def check_arguments(self, given: Mapping[str, object]) -> None:
        """Refuse arguments that are missing or not taken.

        Raises:
            InputError: all of them.
        """
        takes = self.required | self.optional
        problems = [f"needs {name!r}" for name in sorted(self.required - given.keys())]
        if not self.takes_any:
            unknown = [name for name in given if name not in takes]
            problems += [f"takes no {name!r}{suggest(name, takes)}" for name in unknown]
        if problems:
            raise InputError(f"{self.reference} {'; it '.join(problems)}")

    async def call(self, arguments: Mapping[str, object], run: object = None) -> object:
        """Call it; a plain function runs in a thread of its own, with this task's context.

        Raises:
            CallError: of kind node; it raised. What it let through of ours keeps its kind.
        """
        keywords = dict(arguments)
        if self.run_parameter is not None:
            keywords[self.run_parameter] = run
        try:
            if inspect.iscoroutinefunction(self._function):
                return await cast("Awaitable[object]", self._function(**keywords))
            result = await call_in_thread(partial(_in_thread, self._function, keywords))
            if inspect.isawaitable(result):
                return await cast("Awaitable[object]", result)
        except GenaiopsError:
            raise
        except ExceptionGroup as error:
            raise self._raised(first_error(error)) from error
        except (Exception, SystemExit) as error:
            raise self._raised(error) from error
        return result

    def _raised(self, error: BaseException) -> GenaiopsError:
        if isinstance(error, GenaiopsError):
            return error
        return CallError("node", f"{self.reference} raised {told(error)}")

    def _take(self, parameter: inspect.Parameter) -> None:
        if parameter.name == "run" or _is_context(parameter.annotation):
            self.run_parameter = parameter.name
        elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
            self.takes_any = True
        elif parameter.kind in _SIMPLE:
            is_required = parameter.default is inspect.Parameter.empty
            (self.required if is_required else self.optional).add(parameter.name)
        elif parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            raise InputError(
                f"{self.reference}: {parameter.name!r} cannot be given by name; remove the `/`"
            )


def first_error(group: ExceptionGroup[Exception]) -> Exception:
    """The first error of a group of errors, at any depth."""
    error = group.exceptions[0]
    while isinstance(error, ExceptionGroup):
        error = cast("ExceptionGroup[Exception]", error).exceptions[0]
    return error


def told(error: BaseException) -> str:
    """An exception of the user's code in a line, with the line of the file where it stood."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    message = str(error).strip().encode("utf-8", "replace").decode()
    return f"{type(error).__name__}{': ' + message if message else ''}{place}"


def _in_thread(function: Function, keywords: Mapping[str, object]) -> object:
    try:
        return function(**keywords)
    except (StopIteration, KeyboardInterrupt) as error:  # one cannot pass, one would end us all
        raise RuntimeError(type(error).__name__) from error


def _signature(reference: str, function: Function) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{reference} does not tell its arguments; wrap it in a function"
        ) from error


def _is_context(annotation: object) -> bool:
    name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    return name.rpartition(".")[2] == "FlowContext"
