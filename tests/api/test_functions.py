import functools

import pytest

from genaiops.api.functions import Functions, declared_by, name_of
from genaiops.errors import InputError


def answer(question: str, context: str, k: int = 3) -> str:
    return question + context * k


async def asks(question: str, run: object) -> str:
    return f"{question}{run}"


def test_a_function_is_called_by_its_module_and_name() -> None:
    functions = Functions()
    assert functions.take(answer) == "tests.api.test_functions:answer"
    assert functions.take(answer) == "tests.api.test_functions:answer"
    assert functions.by_reference == {"tests.api.test_functions:answer": answer}
    assert functions.take(lambda question: question).startswith("tests.api.test_functions:lambda_")
    assert (name_of(answer), name_of(lambda: 0)) == ("answer", "lambda")


def test_two_functions_of_one_name_are_refused() -> None:
    def make(k: int) -> object:
        def reply(question: str) -> str:
            return question * k

        return reply

    functions = Functions()
    functions.take(make(1))  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"two functions are called .*:reply; give one another"):
        functions.take(make(2))  # type: ignore[arg-type]


@pytest.mark.parametrize("function", [print, functools.partial(answer, "q"), str.upper])
def test_what_has_no_source_is_refused(function: object) -> None:
    with pytest.raises(InputError, match="cannot be read, so a change of it would go unseen"):
        Functions().take(function)  # type: ignore[arg-type]


def test_parameters_keep_their_order_and_the_run_is_none_of_them() -> None:
    declared = declared_by("app:answer", answer)
    assert (declared.required, declared.optional) == (("question", "context"), ("k",))
    assert declared_by("app:asks", asks).required == ("question",)
    assert declared_by("app:asks", asks).takes_run


@pytest.mark.parametrize("given", [None, 3, ["app:answer"]])
def test_what_is_no_function_is_told_so(given: object) -> None:
    with pytest.raises(InputError, match="is no function, and no name of one as"):
        Functions().take(given)  # type: ignore[arg-type]
