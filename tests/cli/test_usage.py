import pytest

from genaiops.cli.usage import OPTIONS
from tests.cli.terminal import Terminal


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("run",), "genaiops run: missing argument 'flow'\n"),
        (("eval", "a", "b"), "genaiops eval: got unexpected extra argument(s) (b)\n"),
        (("eval", "a", "--modle", "b"), "unknown option '--modle'; did you mean '--model'?"),
        (("eval", "a", "-Z"), "unknown option '-Z' (known: "),
        (("eval", "a", "-n"), "option '-n' requires an argument\n"),
        (("eval", "a", "-n", "x"), "invalid value for '-n' / '--limit'"),
        (("eval", "a", "-n", "0"), "'--limit': it should be greater than or equal to 1\n"),
        (
            ("init", "--ci", "jenkins"),
            "'--ci': 'jenkins' is not one of 'github', 'gitlab', 'azure'",
        ),
        (
            ("release", "promote", "a"),
            "promote: missing option '--to'; choose from: staging, production\n",
        ),
        (("run", "a", "--epochs", "2"), "unknown option '--epochs'"),
        (("runs", "shwo"), "genaiops runs: unknown command 'shwo'; did you mean 'show'?"),
        (("runs", "list", "--jsno"), "genaiops runs list: unknown option '--jsno'; did you mean"),
        (("tust",), "unknown command 'tust'; did you mean 'trust'?"),
    ],
)
def test_a_mistake_is_told_in_our_words_with_the_nearest(
    library: Terminal, typed: tuple[str, ...], told: str
) -> None:
    done = library(*typed)
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert told in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    "typed",
    [("--repeat", "2"), ("--repeat=2",), ("--epochs", "2"), ("--epochs=2", "--jobs", "3")],
)
def test_an_option_of_other_tools_works_and_is_told_once(
    library: Terminal, typed: tuple[str, ...]
) -> None:
    done = library("eval", "assistant", *typed)
    assert done.code == 0
    assert "24 planned" in done.out
    assert done.err.splitlines()[0] == f"{typed[0].partition('=')[0]} is: --repeats"
    assert done.err.count(" is: ") == sum(part.startswith("--") for part in typed)


def test_no_option_of_ours_is_called_one_of_other_tools() -> None:
    assert not set(OPTIONS) & set(OPTIONS.values())


def test_a_command_below_is_known_by_what_people_type(library: Terminal) -> None:
    library.ok("eval", "assistant")
    done = library("runs", "ls")
    assert done.out == library.ok("runs", "list")
    assert done.err == "genaiops runs ls is: genaiops runs list\n"
