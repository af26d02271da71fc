from pathlib import Path

from tests.cli.terminal import Terminal


def test_a_new_project_works_at_once(tmp_path: Path) -> None:
    first = Terminal(tmp_path)("init", "mine")
    assert first.code == 0
    assert first.err.endswith("next: cd mine && genaiops gate assistant\n")
    mine = Terminal(tmp_path / "mine")
    assert mine("check").err.splitlines()[-1] == "0 errors, 0 warnings"
    done = mine("gate", "assistant")
    assert done.code == 0
    assert "no baseline yet; to accept this run: genaiops baseline accept assistant-1" in done.err
    mine.ok("baseline", "accept", "assistant-1")
    assert mine.ok("gate", "assistant").startswith("PASS  assistant")


def test_a_project_is_not_written_over(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.ok("init", "--name", "ours")
    assert "ours" in (tmp_path / "genaiops.yaml").read_text("utf-8")
    done = terminal("init")
    assert done.code == 2
    assert "nothing was written" in done.err
