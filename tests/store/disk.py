"""A disk below SQLite that notes what reaches it, and fails when it is told to.

SQLite asks its disk through a table of functions, the VFS. This puts another one before that of
the system, for all that this process opens meanwhile; the store knows nothing of it.
"""

import _sqlite3
import ctypes
from collections.abc import Callable, Generator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path
from typing import NamedTuple

import pytest

OK, FULL, CANNOT_OPEN = 0, 13, 14
ERRORS = {"open": 14, "read": 266, "write": 778, "sync": 1034, "cut": 1546, "delete": 2570}
"""What SQLite calls an input or output error of each operation."""


class Operation(NamedTuple):
    """What SQLite asked of the disk; `place` is an offset, or the size to cut a file to."""

    what: str
    file: str
    place: int = 0
    data: bytes = b""
    is_durable: bool = False


Answer = Callable[[Operation], int]
"""Is asked before each operation: 0 lets it happen, anything else is the error in its place."""

_Read = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)
_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_Delete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_REST_OF_FILE = 13
_REST_OF_VFS = 14


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`, the functions of an open file."""

    _fields_ = [
        ("version", c_int),
        ("close", c_void_p),
        ("read", _Read),
        ("write", _Read),
        ("truncate", _Truncate),
        ("sync", _Sync),
        ("rest", c_void_p * _REST_OF_FILE),
    ]


class _File(ctypes.Structure):
    """`sqlite3_file`: what comes behind the pointer is the system's own."""

    _fields_ = [("methods", POINTER(_Methods))]


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs`."""

    _fields_ = [
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", _Open),
        ("delete", _Delete),
        ("rest", c_void_p * _REST_OF_VFS),
    ]


@contextmanager
def disk(answer: Answer) -> Generator[None]:
    """Ask `answer` about all that SQLite opens, reads, writes, cuts, syncs and deletes within."""
    library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
    if not hasattr(library, "sqlite3_vfs_find"):
        pytest.skip("this Python hides its SQLite, so no disk can be put below it")
    library.sqlite3_vfs_find.restype = POINTER(_Vfs)
    system = library.sqlite3_vfs_find(None).contents
    own = _Vfs.from_buffer_copy(system)
    own.name = b"tests"
    watched = _Watched(system, answer)
    own.open, own.delete = _Open(watched.open), _Delete(watched.delete)
    library.sqlite3_vfs_register(byref(own), 1)
    try:
        yield
    finally:
        library.sqlite3_vfs_unregister(byref(own))


class _Watched:
    """The functions of the system with a question before them."""

    def __init__(self, system: _Vfs, answer: Answer) -> None:
        self._system = system
        self._answer = answer
        self._names: dict[int, str] = {}
        self._methods: dict[int, _Methods] = {}

    def open(self, vfs: int, path: int | None, file: int, flags: int, out: int) -> int:
        # the path is handed on as the address that it is: SQLite looks at it again later
        name = Path(ctypes.string_at(path).decode()).name if path else ""
        code = self._answer(Operation("open", name))
        opened = _File.from_address(file)
        if code:
            opened.methods = None
            return code
        code = self._system.open(vfs, path, file, flags, out)
        if not code and opened.methods:
            self._names[file] = name
            opened.methods = ctypes.pointer(self._watched(opened.methods.contents))
        return code

    def delete(self, vfs: int, path: bytes, is_durable: int) -> int:
        name = Path(path.decode()).name
        code = self._answer(Operation("delete", name, is_durable=bool(is_durable)))
        return code or self._system.delete(vfs, path, is_durable)

    def _watched(self, system: _Methods) -> _Methods:
        address = ctypes.addressof(system)
        if address not in self._methods:
            own = _Methods.from_buffer_copy(system)
            self._watch(own, system)
            self._methods[address] = own
        return self._methods[address]

    def _watch(self, own: _Methods, system: _Methods) -> None:
        def read(file: int, data: int, size: int, place: int) -> int:
            code = self._answer(Operation("read", self._names[file], place))
            return code or system.read(file, data, size, place)

        def write(file: int, data: int, size: int, place: int) -> int:
            content = ctypes.string_at(data, size)
            code = self._answer(Operation("write", self._names[file], place, content))
            return code or system.write(file, data, size, place)

        def cut(file: int, size: int) -> int:
            code = self._answer(Operation("cut", self._names[file], size))
            return code or system.truncate(file, size)

        def sync(file: int, flags: int) -> int:
            code = self._answer(Operation("sync", self._names[file]))
            return code or system.sync(file, flags)

        own.read, own.write = _Read(read), _Read(write)
        own.truncate, own.sync = _Truncate(cut), _Sync(sync)
