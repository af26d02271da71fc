from pathlib import Path

import pytest

from genaiops.errors import SpecError, StoreError
from genaiops.project.lock import CatalogLock, LockedModel, lock_problem, read_lock, write_lock
from genaiops.specs.catalog import CatalogSpec


def catalog_of(licence: str = "mit", prefer: str = "best_quality") -> CatalogSpec:
    return CatalogSpec.model_validate(
        {
            "models": {"small": {"provider": "extractive", "licence": licence}},
            "selections": {"answering": {"prefer": prefer, "evidence": "evals/a.yaml"}},
        }
    )


def lock_of(catalog: CatalogSpec, model: str = "small") -> CatalogLock:
    locked = LockedModel(
        model=model,
        selection_digest=catalog.selections["answering"].digest,
        entry_digest=catalog.models["small"].digest,
        evidence_digest="e",
    )
    return CatalogLock(selections={"answering": locked})


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    assert read_lock(tmp_path) == CatalogLock()
    lock = lock_of(catalog_of())
    write_lock(tmp_path, lock)
    assert read_lock(tmp_path) == lock
    assert lock.models == {"answering": "small"}
    assert [path.name for path in tmp_path.iterdir()] == ["catalog.lock"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1, "more": 2}'])
def test_a_damaged_lock_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "catalog.lock").write_text(text, "utf-8")
    with pytest.raises(SpecError, match=r"catalog\.lock: is damaged; restore it from git"):
        read_lock(tmp_path)


def test_a_lock_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"catalog\.lock: cannot be written"):
        write_lock(tmp_path / "nowhere", CatalogLock())


@pytest.mark.parametrize(
    ("now", "lock", "problem"),
    [
        (catalog_of(), lock_of(catalog_of()), None),
        (catalog_of(), CatalogLock(), "'answering' is not resolved: genaiops select answering"),
        (catalog_of(), lock_of(catalog_of(), "gone"), "'gone', which the catalog no longer has"),
        (catalog_of("gpl"), lock_of(catalog_of()), "entry of 'small' changed since it was selecte"),
        (catalog_of(prefer="cheapest_passing"), lock_of(catalog_of()), "'answering' changed since"),
    ],
    ids=["holds", "none", "gone", "entry", "selection"],
)
def test_a_choice_holds_as_long_as_what_it_rests_on(
    now: CatalogSpec, lock: CatalogLock, problem: str | None
) -> None:
    found = lock_problem("answering", lock, now)
    assert (found is None) == (problem is None)
    assert (problem or "") in (found or "")


def test_the_lock_is_written_through_no_link(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", "utf-8")
    (tmp_path / "catalog.lock.tmp").symlink_to("mine")
    (tmp_path / "catalog.lock").symlink_to("mine")
    write_lock(tmp_path, CatalogLock())
    assert (tmp_path / "mine").read_text("utf-8") == "mine"
    assert read_lock(tmp_path) == CatalogLock()
