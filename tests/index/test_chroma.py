"""Real Chroma, embedded and as a server on loopback."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import anyio
import numpy as np
import pytest

from genaiops.errors import ExecutionError, InputError
from genaiops.index.exact import ExactStore
from genaiops.index.home import IndexHome
from genaiops.index.stores import kind_of_store, open_store
from genaiops.protocols import Vectors
from genaiops.specs.index import ChromaServer
from tests.index.project import Project

pytest.importorskip("chromadb", reason="the extra 'chroma' is not installed")
pytestmark = [pytest.mark.anyio, pytest.mark.slow]

DIGEST = "d" * 64


def unit_vectors(rows: int, dimensions: int = 16) -> Vectors:
    drawn = np.random.default_rng(5).normal(size=(rows, dimensions)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


VECTORS = unit_vectors(2_100)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a Chroma structure of 2,100 rows; it is copied, never changed."""
    root = tmp_path_factory.mktemp("chroma")
    open_store("chroma", IndexHome(root, "docs"), DIGEST, VECTORS).close()
    return root


@pytest.fixture
def home(built: Path, tmp_path: Path) -> IndexHome:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return IndexHome(tmp_path, "docs")


def inode(home: IndexHome) -> int:
    return home.search_folder(DIGEST).stat().st_ino


def agrees(home: IndexHome, vectors: Vectors) -> bool:
    store = open_store("chroma", home, DIGEST, vectors)
    query = unit_vectors(1)[0]
    try:
        return store.search(query, 5) == ExactStore(vectors).search(query, 5)
    finally:
        store.close()


def test_auto_is_exact_up_to_50_000_passages() -> None:
    assert (kind_of_store("auto", 50_000), kind_of_store("auto", 50_001)) == ("exact", "chroma")
    assert (kind_of_store("chroma", 1), kind_of_store("exact", 10**6)) == ("chroma", "exact")


def test_it_finds_what_exact_search_finds_and_is_kept(home: IndexHome) -> None:
    before = inode(home)
    assert agrees(home, VECTORS)
    assert agrees(home, VECTORS)
    assert inode(home) == before


def test_k_may_be_nothing_or_more_than_there_is(home: IndexHome) -> None:
    store = open_store("chroma", home, DIGEST, VECTORS)
    assert store.search(VECTORS[0], 0) == []
    assert len(store.search(VECTORS[0], 5_000)) == len(VECTORS)
    store.close()


def _cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize(
    "damage", [_cut_off, _overwrite, Path.unlink], ids=["cut", "bytes", "gone"]
)
@pytest.mark.parametrize("file", ["header.bin", "data_level0.bin", "index_metadata.pickle"])
def test_a_damaged_structure_is_built_again(
    home: IndexHome, file: str, damage: Callable[[Path], None]
) -> None:
    (path,) = home.search_folder(DIGEST).rglob(file)
    before = inode(home)
    damage(path)
    assert agrees(home, VECTORS)
    assert inode(home) != before


@pytest.mark.parametrize("damage", [_cut_off, Path.unlink, lambda path: path.write_bytes(b"x")])
def test_a_damaged_database_is_built_again(home: IndexHome, damage: Callable[[Path], None]) -> None:
    damage(home.search_folder(DIGEST) / "chroma.sqlite3")
    assert agrees(home, VECTORS)


def test_a_structure_of_other_vectors_is_built_again(home: IndexHome) -> None:
    assert agrees(home, unit_vectors(1_500))
    assert agrees(home, VECTORS[::-1])


async def test_an_index_answers_through_chroma_as_through_exact_search(project: Project) -> None:
    project.say(store="chroma")
    version = await project.build()
    index = project.open()
    project.say(store="exact")
    exact = project.open()
    for query in ("smart meter", "refund of credit", "leaving early"):
        assert await index.retrieve(query, 3) == await exact.retrieve(query, 3)
    assert index.digest != exact.digest
    assert version.folder.with_name(f"chroma-{version.folder.name}").is_dir()
    index.close()


async def test_structures_of_dropped_versions_go(project: Project) -> None:
    project.say(store="chroma")
    for i in range(4):
        project.write({"meters.md": f"Text number {i}."})
        await project.build()
    assert len(list(project.home.glob("chroma-*"))) == 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder)]
    process = subprocess.Popen(  # noqa: S603  our own server
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_it_listens(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(0.05)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    pytest.fail("the Chroma server ended")


ROUNDS = """
import sys
from pathlib import Path
from genaiops.index.exact import ExactStore
from genaiops.index.home import IndexHome
from genaiops.index.stores import open_store
from genaiops.specs.index import ChromaServer
from tests.index.test_chroma import DIGEST, VECTORS, unit_vectors

home, spec = IndexHome(Path(sys.argv[2]), "docs"), ChromaServer(chroma=sys.argv[1])
query = unit_vectors(1)[0]
for vectors in (VECTORS, VECTORS, VECTORS[:500]):
    store = open_store(spec, home, DIGEST, vectors)
    assert store.search(query, 5) == ExactStore(vectors).search(query, 5)
    store.close()
"""


async def test_a_server_holds_the_structure_and_gets_it_again(server: str, tmp_path: Path) -> None:
    """In a process of its own: chromadb leaves HTTP sessions open, which would warn elsewhere."""
    await anyio.run_process([sys.executable, "-c", ROUNDS, server, str(tmp_path)])


def test_a_server_that_does_not_answer_is_an_error_with_its_address(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ExecutionError, match=f"Chroma at {url} failed"):
            open_store(ChromaServer(chroma=url), IndexHome(tmp_path, "docs"), DIGEST, VECTORS)


async def test_a_server_that_does_not_answer_is_met_before_anything_is_embedded(
    project: Project,
) -> None:
    project.say(store={"chroma": "http://127.0.0.1:1"})
    with pytest.raises(ExecutionError, match="Chroma at"):
        await project.build()
    assert project.progress == []


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no URL of a Chroma server"):
        open_store(ChromaServer(chroma="host:8000"), IndexHome(tmp_path, "d"), DIGEST, VECTORS)
