import re

from hypothesis import given
from hypothesis import strategies as st

from genaiops.evaluations.reports.github import github_commands
from tests.evaluations.reports.ci import DROP, decided, verdict


def read(command: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner reads it: level, properties, message."""
    match = re.fullmatch(r"::(\w+) (.*?)::(.*)", command)
    assert match is not None
    pairs = (part.split("=", 1) for part in match[2].split(","))
    return match[1], {name: _back(value) for name, value in pairs}, _back(match[3])


def _back(text: str) -> str:
    for escape, character in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r")):
        text = text.replace(escape, character)
    return text.replace("%25", "%")


def test_a_command_names_the_file_the_line_and_the_gate() -> None:
    first, *others = github_commands(decided())
    assert first == (
        "::error file=app/flows/a/prompts/answer.md,line=1,"
        "title=f1 no_worse_than baseline%2C margin 0.05::"
        f"fail (blocking): {DROP}: What {DROP} says."
    )
    assert [command.split(" ")[0] for command in others] == ["::warning", "::notice"]


def test_of_too_many_the_tenth_says_how_many_more() -> None:
    commands = list(github_commands(decided(*(verdict(f"g{n}", "fail") for n in range(14)))))
    assert len(commands) == 10
    assert commands[-1] == "::warning title=genaiops::and 5 more: see the summary of this job"


@given(st.text(max_size=60))
def test_no_text_ends_a_command_or_begins_one(text: str) -> None:
    hostile = f"{text}\r\n::set-env name=X::1,file=/etc/passwd%0A::error::x"
    (command,) = github_commands(decided(verdict(hostile, "fail", blocks=True)))
    assert len(command.splitlines()) == 1 or "\x85" in command or "\u2028" in command
    level, properties, message = read(command)
    assert (level, properties.keys()) == ("error", {"file", "line", "title"})
    assert properties["file"] == "app/evals/e.yaml"
    assert message.startswith("fail (blocking): ")
