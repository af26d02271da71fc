import os
import signal
import subprocess
import sys
from threading import Timer

import pytest

from tests.cli.terminal import Terminal


def test_a_name_that_is_not_there_ends_it_at_once(library: Terminal) -> None:
    done = library("dev", "asistant")
    assert done.code == 2
    assert "did you mean 'assistant'?" in done.err
    assert library("dev", "assistant", "--variant", "nothing").code == 2


@pytest.mark.slow
def test_a_saved_file_is_looked_at_until_ctrl_c(library: Terminal) -> None:
    flow = library.root / "flows" / "assistant" / "flow.yaml"
    with subprocess.Popen(
        [sys.executable, "-m", "genaiops", "dev", "assistant", "-n", "4"],
        cwd=library.root, text=True, bufsize=1, preexec_fn=_hear_ctrl_c,  # noqa: PLW1509
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "COLUMNS": "80"},
    ) as child:  # fmt: skip
        timer = Timer(60, child.kill)
        timer.start()
        assert child.stdout is not None

        def until(text: str) -> list[str]:
            lines = [child.stdout.readline()]
            while text not in lines[-1]:
                lines.append(child.stdout.readline())
                assert lines[-1], lines
            return lines

        first = until("4 of 4 scored")
        assert "assistant: 4 of 12 cases, always the same" in "".join(first)
        text = flow.read_text("utf-8")
        flow.write_text(text.replace("k: 2", "k: ["), "utf-8")
        assert "error: flows/assistant/flow.yaml:" in "".join(until("still watching"))
        flow.write_text(text.replace("k: 2", "k: 0"), "utf-8")
        seen = "".join(until("4 of 4 scored"))
        assert "saved flows/assistant/flow.yaml\n  changed: flow assistant\n" in seen
        assert "worse " in seen
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=20) == 130
        timer.cancel()
    assert "assistant" not in library.ok("runs", "list")


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
