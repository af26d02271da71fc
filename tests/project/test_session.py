from datetime import UTC
from pathlib import Path

import pytest

from genaiops.errors import InputError, TrustError
from genaiops.project.session import (
    Session,
    config_folder,
    git_commit,
    open_session,
    used_by_project,
    utc_now,
)
from genaiops.project.wants import Used, used_by_flow, wants_of
from genaiops.trust import wants_digest
from tests.project.build import build_project

CATALOG = """\
    models:
      extractive: {provider: extractive}
      hosted: {provider: openai, model: m, base_url: "http://models.example/v1"}
    """
FLOW = """\
    inputs: {question: string}
    nodes:
      answer: {prompt: answer.md, model: extractive, with: {passages: [], question: q}}
    outputs: {answer: "${answer.text}"}
    variants:
      checked: {answer: {tools: {read: "nodes.py:read"}}}
    """


def session_of(root: Path, monkeypatch: pytest.MonkeyPatch, **allowed: str) -> Session:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(root / "home"))
    monkeypatch.delenv("GENAIOPS_TRUST", raising=False)
    return open_session(root, **allowed)


def reaching(root: Path) -> Path:
    changes: dict[str, str | bytes | None] = {
        "catalog.yaml": CATALOG,
        "flows/assistant/flow.yaml": FLOW,
        "flows/assistant/nodes.py": "def read(number: int) -> int: return number\n",
    }
    return build_project(root, changes)


def wanted(session: Session) -> list[str]:
    wants = wants_of(session.project, used_by_project(session.project), {})
    return [want.name for want in wants]


def test_a_whole_project_wants_what_any_of_its_commands_may_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(reaching(tmp_path), monkeypatch)
    assert wanted(session) == ["flows/assistant/nodes.py", "models.example"]


def test_the_digest_of_the_whole_project_allows_each_of_its_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = session_of(reaching(tmp_path), monkeypatch)
    whole = wants_of(first.project, used_by_project(first.project), {})
    session = session_of(tmp_path, monkeypatch, allowed=wants_digest(whole))
    session.require_trust(used_by_flow(session.project, "assistant", model="hosted"))
    session.require_trust(used_by_flow(session.project, "assistant", variant="checked"))


def test_the_digest_of_one_command_allows_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = session_of(reaching(tmp_path), monkeypatch)
    hosted = used_by_flow(first.project, "assistant", model="hosted")
    digest = wants_digest(wants_of(first.project, hosted, {}))
    session = session_of(tmp_path, monkeypatch, allowed=digest)
    session.require_trust(hosted)
    with pytest.raises(TrustError, match=r"nodes\.py"):
        session.require_trust(used_by_flow(session.project, "assistant", variant="checked"))


def test_code_that_the_project_does_not_name_is_not_allowed_by_its_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = reaching(tmp_path)
    (root / "app.py").write_text("def answer(question): return question\n")
    first = session_of(root, monkeypatch)
    whole = wants_of(first.project, used_by_project(first.project), {})
    session = session_of(root, monkeypatch, allowed=wants_digest(whole))
    with pytest.raises(TrustError, match=r"app\.py"):
        session.require_trust(used_by_flow(session.project, "app:answer"))


def test_an_unknown_variant_is_told_with_the_known_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(reaching(tmp_path), monkeypatch)
    with pytest.raises(InputError, match="has no variant 'cheked'; did you mean 'checked'"):
        used_by_flow(session.project, "assistant", variant="cheked")


def test_trust_may_come_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session_of(build_project(tmp_path), monkeypatch)
    monkeypatch.setenv("GENAIOPS_TRUST", "abc")
    assert open_session(tmp_path).allowed == "abc"
    assert open_session(tmp_path, allowed="def").allowed == "def"


def test_settings_are_in_the_folder_of_the_user(tmp_path: Path) -> None:
    assert config_folder({"XDG_CONFIG_HOME": str(tmp_path)}) == tmp_path / "genaiops"
    assert config_folder({}) == Path.home() / ".config/genaiops"


def test_a_folder_without_git_has_no_commit(tmp_path: Path) -> None:
    assert git_commit(tmp_path) is None


def test_a_git_that_is_not_installed_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_commit(tmp_path) is None


def test_the_clock_is_in_utc() -> None:
    assert utc_now().tzinfo is UTC


def test_what_is_stored_is_kept_out_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(build_project(tmp_path), monkeypatch)
    session.open_store().close()
    ignore = session.root / ".genaiops" / ".gitignore"
    assert ignore.read_text("utf-8") == "*\n"
    ignore.write_text("store.sqlite\n", "utf-8")
    session.open_store().close()
    assert ignore.read_text("utf-8") == "store.sqlite\n"


@pytest.mark.parametrize(
    "link",
    [".genaiops", ".genaiops/store.sqlite", ".genaiops/.gitignore", ".genaiops/indexes/a/.lock"],
)
def test_a_store_behind_a_link_out_of_the_project_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: str
) -> None:
    root = build_project(tmp_path / "project")
    (root / link).parent.mkdir(parents=True, exist_ok=True)
    (root / link).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=f"'{link}' is a link out of the project"):
        session_of(root, monkeypatch)
    assert not (tmp_path / "elsewhere").exists()


def test_a_key_that_was_named_for_one_host_is_asked_for_again_at_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = 'provider: openai, model: m, api_key: "${env:KEY}"'
    changes: dict[str, str | bytes | None] = {
        "catalog.yaml": f"""\
            models:
              near: {{{entry}, base_url: "http://near.example"}}
              far: {{{entry}, base_url: "http://far.example"}}
            """
    }
    near, far = Used(models=frozenset({"near"})), Used(models=frozenset({"far"}))
    session = session_of(build_project(tmp_path, changes), monkeypatch).naming(near)
    assert session.wants(near) == ()
    assert [want.name for want in session.wants(near | far)] == ["far.example", "KEY"]
