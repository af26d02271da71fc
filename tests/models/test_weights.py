import hashlib
import os
from pathlib import Path

import pytest

from genaiops.errors import ExecutionError, InputError, SpecError
from genaiops.models.sources import Wheels
from genaiops.models.weights import WeightsCatalog, weights_folder
from genaiops.specs.weights import WeightsSpec

DATA = {"one.bin": b"first file", "two.json": b"second"}
TOTAL = sum(len(data) for data in DATA.values())


def catalog_of(tmp_path: Path, **names: object) -> WeightsCatalog:
    """One entry `small` with two files, which lie in a folder of this machine."""
    sources = tmp_path / "sources"
    sources.mkdir(exist_ok=True)
    files: list[object] = []
    for name, data in DATA.items():
        (sources / name).write_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        files.append(
            {
                "name": name,
                "sha256": sha256,
                "bytes": len(data),
                "file": {"file": str(sources / name)},
            }
        )
    entry = {"kind": "chat", "licence": "mit", "files": files}
    spec = WeightsSpec.model_validate({"weights": {"small": entry} | names})
    return WeightsCatalog(spec, None, {"GENAIOPS_WEIGHTS": str(tmp_path / "cache")})


def ignore(_: int, __: int) -> None:
    """Take no progress."""


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"GENAIOPS_WEIGHTS": "/w", "XDG_CACHE_HOME": "/c"}, Path("/w")),
        ({"XDG_CACHE_HOME": "/c"}, Path("/c/genaiops/weights")),
        ({}, Path.home() / ".cache/genaiops/weights"),
    ],
)
def test_the_folder_is_the_named_one_or_the_user_cache(
    environment: dict[str, str], expected: Path
) -> None:
    assert weights_folder(environment) == expected


def test_the_shipped_entries_load_and_have_one_source_each() -> None:
    shipped = WeightsCatalog.load({})
    names = [status.name for status in shipped.list()]
    assert names == [
        "all-minilm-l6-v2-int8",
        "qwen2.5-coder-0.5b",
        "qwen2.5-coder-1.5b",
        "smollm2-135m",
    ]
    for name in names:
        assert all(Path(file.name).name == file.name for file in shipped.entry(name).files)


def test_a_mirror_is_found_by_the_sha256_of_the_file(tmp_path: Path) -> None:
    wanted = WeightsCatalog.load({}).entry("qwen2.5-coder-0.5b").files[0]
    mirrors = tmp_path / "mirrors.yaml"
    mirrors.write_text(
        f"weights:\n  any-name:\n    bytes: {wanted.bytes}\n    sha256: {wanted.sha256}\n"
        f"    parts: [{{package: a, version: 1.10, sha256: {'0' * 64}}}]\n"
    )
    environment = {"GENAIOPS_WEIGHT_MIRRORS": str(mirrors), "GENAIOPS_WEIGHTS": str(tmp_path)}
    plan = WeightsCatalog.load(environment).plan("qwen2.5-coder-0.5b")
    assert isinstance(plan.files[0].origin, Wheels)
    assert plan.files[0].source == "package index: a==1.10"
    assert plan.bytes_missing == wanted.bytes


def test_a_mirror_file_that_is_missing_is_named() -> None:
    with pytest.raises(SpecError, match=r"mirrors\.yaml: there is no such file"):
        WeightsCatalog.load({"GENAIOPS_WEIGHT_MIRRORS": "mirrors.yaml"})


def test_a_mirror_file_that_does_not_fit_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "mirrors.yaml").write_text("weights:\n  m:\n    bytes: 1\n    sha: 0\n")
    with pytest.raises(SpecError, match=r"mirrors\.yaml:4:5: unknown key 'sha'"):
        WeightsCatalog.load({"GENAIOPS_WEIGHT_MIRRORS": str(tmp_path / "mirrors.yaml")})


def test_a_mirror_file_beside_the_repository_fits() -> None:
    shared = Path(__file__).parents[2] / ".." / "shared" / "models" / "mirrors.yaml"
    if not shared.is_file():
        pytest.skip("no mirror file beside the repository")
    catalog = WeightsCatalog.load(
        {"GENAIOPS_WEIGHT_MIRRORS": str(shared), "GENAIOPS_WEIGHTS": "/no"}
    )
    assert isinstance(catalog.plan("qwen2.5-coder-1.5b").files[0].origin, Wheels)


@pytest.mark.anyio
async def test_a_pull_brings_all_files_and_tells_a_rising_progress(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path)
    seen: list[tuple[int, int]] = []
    paths = await catalog.pull("small", lambda done, total: seen.append((done, total)))
    assert [path.read_bytes() for path in paths] == list(DATA.values())
    assert seen == sorted(set(seen))
    assert seen[-1] == (TOTAL, TOTAL)
    assert {path.name for path in paths[0].parent.iterdir()} == set(DATA)
    await catalog.verify("small")


@pytest.mark.anyio
async def test_the_state_goes_from_absent_over_partial_to_present(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path)
    assert [(s.state, s.bytes_here) for s in catalog.list()] == [("absent", 0)]
    await catalog.pull("small", ignore)
    assert [(s.state, s.bytes_here, s.bytes) for s in catalog.list()] == [("present", TOTAL, TOTAL)]
    catalog.path("small", "two.json").rename(tmp_path / "cache" / "small" / "two.json.part")
    assert [(s.state, s.bytes_here) for s in catalog.list()] == [("partial", TOTAL)]
    assert [plan.file.name for plan in catalog.plan("small").files] == ["two.json"]


@pytest.mark.anyio
async def test_a_second_pull_asks_no_source(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path)
    await catalog.pull("small", ignore)
    for name in DATA:
        (tmp_path / "sources" / name).unlink()
    assert catalog.plan("small").files == ()
    await catalog.pull("small", ignore)


@pytest.mark.anyio
async def test_a_wrong_source_is_refused_with_both_digests(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path)
    (tmp_path / "sources" / "one.bin").write_bytes(b"other data")
    with pytest.raises(ExecutionError, match=r"sha256 expected [0-9a-f]{64}, got [0-9a-f]{64}"):
        await catalog.pull("small", ignore)
    assert list((tmp_path / "cache" / "small").iterdir()) == []


@pytest.mark.anyio
async def test_a_file_that_changed_here_is_found_and_replaced(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path)
    await catalog.pull("small", ignore)
    catalog.path("small", "one.bin").write_bytes(b"other data")
    with pytest.raises(ExecutionError, match="`genaiops weights pull small` replaces it"):
        await catalog.verify("small")
    await catalog.pull("small", ignore)
    await catalog.verify("small")


@pytest.mark.anyio
async def test_two_pulls_of_one_entry_do_not_meet(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path)
    (tmp_path / "cache" / "small").mkdir(parents=True)
    (tmp_path / "cache" / "small" / ".lock").write_text(f"{os.getpid()} {os.uname().nodename}")
    with pytest.raises(ExecutionError, match=r"another process .* works on weights 'small'"):
        await catalog.pull("small", ignore)


@pytest.mark.anyio
async def test_a_disk_without_room_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    huge = {"name": "h", "sha256": "0" * 64, "bytes": 10**18, "file": {"file": "nowhere"}}
    entry = {"kind": "chat", "licence": "mit", "files": [huge]}
    with pytest.raises(ExecutionError, match=r"h needs 1,000,000,000,000 MB in .*are free"):
        await catalog_of(tmp_path, huge=entry).pull("huge", ignore)


@pytest.mark.anyio
async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    with pytest.raises(ExecutionError, match=r"cannot write the weights in .*GENAIOPS_WEIGHTS"):
        await catalog_of(tmp_path).pull("small", ignore)


def test_weights_that_are_not_here_say_how_to_get_them(tmp_path: Path) -> None:
    catalog = WeightsCatalog.load({"GENAIOPS_WEIGHTS": str(tmp_path)})
    with pytest.raises(InputError) as caught:
        catalog.path("smollm2-135m")
    assert str(caught.value) == (
        "weights 'smollm2-135m' are not here (98 MB): genaiops weights pull smollm2-135m"
    )


def test_an_unknown_name_is_met_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'smollm2-135m'"):
        WeightsCatalog.load({}).plan("smollm-135m")


def test_an_unknown_file_is_met_with_the_known(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"known: one\.bin, two\.json"):
        catalog_of(tmp_path).path("small")


def test_a_file_without_a_source_is_told_by_the_plan(tmp_path: Path) -> None:
    orphan = {"name": "o", "sha256": "0" * 64, "bytes": 1}
    entry = {"kind": "chat", "licence": "mit", "files": [orphan]}
    with pytest.raises(InputError, match="o has no source"):
        catalog_of(tmp_path, orphan=entry).plan("orphan")


def test_the_digest_is_that_of_the_file_or_of_all_files(tmp_path: Path) -> None:
    shipped = WeightsCatalog.load({})
    assert shipped.digest("smollm2-135m") == shipped.entry("smollm2-135m").files[0].sha256
    assert len({shipped.digest("all-minilm-l6-v2-int8"), catalog_of(tmp_path).digest("small")}) == 2
