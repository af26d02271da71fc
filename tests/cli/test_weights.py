import json
from pathlib import Path

from tests.cli.terminal import Terminal


def test_weights_are_listed_with_what_is_here(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, {"GENAIOPS_WEIGHTS": str(tmp_path / "weights")})
    rows = json.loads(terminal.ok("weights", "list", "--json"))
    assert {row["state"] for row in rows} == {"absent"}
    assert {row["name"] for row in rows} >= {"smollm2-135m", "all-minilm-l6-v2-int8"}
    assert "98 MB" in terminal.ok("weights", "list")


def test_weights_that_are_not_here_do_not_verify(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, {"GENAIOPS_WEIGHTS": str(tmp_path / "weights")})
    done = terminal("weights", "verify", "smollm2-135m")
    assert done.code == 2
    assert "genaiops weights pull smollm2-135m" in done.err
