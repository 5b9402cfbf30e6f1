"""Bodies outside the database: files in a folder, or objects in a bucket that speaks S3, each under its hash.

What is written is whole or not there: a file is written beside its place, forced to the disk and renamed; an object appears
when all of it has arrived. The same bytes have the same name, so writing twice does no harm.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from storage.database import DatabaseError

MARK = "gongkai-pages"
"""The name of the mark: it says whose the place is, and that it is there at all and no empty mount point."""
LONGEST = 10  # seconds for a server that does not answer
PATIENCE = 2.0  # seconds that a crawl waits: while it does, it hears no court
WRITERS = 8  # files that are forced to the disk at the same time
PAUSE = 60.0  # seconds without a further try, after one that failed


class PlaceTrouble(DatabaseError):
    """A place of kept bodies cannot be used: one line that says which and why."""


class Objects:
    """One place.

    Attributes:
        url: A folder's path, or `s3://BUCKET/PREFIX`.
        mark: What stands in the mark; None: nobody knows yet.
    """

    def __init__(self, url: str, endpoint: str | None = None, mark: str | None = None) -> None:
        self.url, self.endpoint, self.mark = url, endpoint, mark
        self._lock = threading.Lock()
        self._opened: tuple[Any, str] | None = None
        self._is_ours = self._has_answered = False
        self._stuck: _Writing | None = None
        self._trouble: tuple[float, str] | None = None

    # --- whose it is ---

    def read_mark(self) -> str | None:
        """What the mark says; None: there is none.

        Raises:
            PlaceTrouble: The place cannot be read.
        """
        found = self._cat([MARK]).get(MARK)
        return None if found is None else found.decode("utf-8", "replace").strip()

    def write_mark(self) -> None:
        """Make the place ours."""
        assert self.mark is not None
        self._put({MARK: self.mark.encode()})

    def must_be_ours(self) -> None:
        """See that the mark is ours; asked once.

        Raises:
            PlaceTrouble: It is not, or cannot be read.
        """
        if self._is_ours:
            return
        found = self.read_mark()
        if found is None:
            raise PlaceTrouble(f"{self.url}: 不是存放页面的位置，可能未挂载 (holds no pages of ours: is it mounted?)")
        if found != self.mark:
            raise PlaceTrouble(f"{self.url}: 属于另一个数据库 (belongs to another database)")
        self._is_ours = True

    # --- bodies ---

    def write(self, bodies: Mapping[str, bytes]) -> None:
        """Write packed bodies by their hashes, all of them or an error.

        Raises:
            PlaceTrouble: Not all are written.
        """
        self.must_be_ours()
        self._put({_name(digest): body for digest, body in bodies.items()})

    def try_write(self, bodies: Mapping[str, bytes]) -> str | None:
        """Write them within `PATIENCE`. Returns None, or why they are not known to be written: one line.

        A place that was in trouble, or still hangs with what it was given before, is not tried at once again.
        """
        if not bodies:
            return None
        if self._trouble is not None and time.monotonic() < self._trouble[0]:
            return self._trouble[1]
        if self._stuck is not None and self._stuck.is_alive():
            return self._slow()
        writing = _Writing(self, bodies)
        writing.start()
        writing.join(PATIENCE if self._has_answered else LONGEST)  # a driver takes a while to be loaded
        if writing.is_alive():
            self._stuck = writing
            return self._slow()
        self._trouble = None if writing.why is None else (time.monotonic() + PAUSE, writing.why)
        return writing.why

    def _slow(self) -> str:
        return f"{self.url}: 未及时应答 (did not answer in time)"

    def read(self, digests: Collection[str]) -> dict[str, bytes]:
        """Packed bodies by their hashes; those that are not there are missing.

        Raises:
            PlaceTrouble: The place cannot be read, or is not ours: nothing can be told of what is there.
        """
        found = self._cat([_name(digest) for digest in digests])
        if len(found) < len(set(digests)):
            self._is_ours = False  # an unmounted folder has none of them
            self.must_be_ours()
        return {digest: found[_name(digest)] for digest in digests if _name(digest) in found}

    def delete(self, digests: Iterable[str]) -> None:
        """Delete bodies; those that are not there are no error.

        Raises:
            PlaceTrouble: The place cannot be written.
        """
        self.must_be_ours()
        fs, root = self._open()
        paths = [f"{root}/{_name(digest)}" for digest in digests]
        with self._told():
            if fs.async_impl and paths:
                fs.rm(paths)
                return
            for path in paths:
                with contextlib.suppress(FileNotFoundError):
                    fs.rm_file(path)

    # --- fsspec ---

    def _open(self) -> tuple[Any, str]:
        """The file system and our folder in it."""
        with self._lock:
            if self._opened is None:
                with self._told():
                    self._opened = _opened(self.url, self.endpoint)
            return self._opened

    def _cat(self, names: list[str]) -> dict[str, bytes]:
        """What these hold; those that are not there are missing."""
        fs, root = self._open()
        found: dict[str, bytes] = {}
        with self._told():
            paths = {f"{root}/{name}": name for name in names}
            if fs.async_impl and paths:
                for path, body in fs.cat(list(paths), on_error="return").items():
                    if isinstance(body, bytes):
                        found[paths[path]] = body
                    elif not isinstance(body, FileNotFoundError):
                        raise body
            else:
                for path, name in paths.items():
                    with contextlib.suppress(FileNotFoundError):
                        found[name] = fs.cat_file(path)
        self._has_answered = True
        return found

    def _put(self, files: Mapping[str, bytes]) -> None:
        fs, root = self._open()
        with self._told():
            if "file" in (fs.protocol if isinstance(fs.protocol, tuple) else (fs.protocol,)):
                _write_files(Path(root), files)
            else:
                fs.pipe({f"{root}/{name}": body for name, body in files.items()})
        self._has_answered = True

    @contextlib.contextmanager
    def _told(self) -> Any:
        """Each kind of storage has errors of its own; all are this place's trouble."""
        try:
            yield
        except PlaceTrouble:
            raise
        except ImportError as error:
            raise PlaceTrouble(f"{self.url}: 缺少 S3 组件 (no driver): pip install 'gongkai[s3]'") from error
        except Exception as error:
            said = " ".join((getattr(error, "strerror", None) or str(error) or type(error).__name__).split())
            raise PlaceTrouble(f"{self.url}: 无法读写 (cannot be read or written): {said[:300]}") from error


class _Writing(threading.Thread):
    """Writing that nobody waits for longer than he likes. A daemon: a folder that hangs must not keep a process alive."""

    def __init__(self, objects: Objects, bodies: Mapping[str, bytes]) -> None:
        super().__init__(name="bodies", daemon=True)
        self._objects, self._bodies = objects, dict(bodies)
        self.why: str | None = None

    def run(self) -> None:
        try:
            self._objects.write(self._bodies)
        except PlaceTrouble as error:
            self.why = str(error)


def _name(digest: str) -> str:
    """A hundred million bodies are some 24,000 in each of 4,096 folders."""
    return digest if digest == MARK else f"{digest[:3]}/{digest}.zst"


def _opened(url: str, endpoint: str | None) -> tuple[Any, str]:
    import fsspec

    if not url.startswith("s3://"):
        fs, root = fsspec.core.url_to_fs(url)
        return fs, root.rstrip("/")
    patient = {"connect_timeout": LONGEST, "read_timeout": LONGEST, "retries": {"max_attempts": 1}}
    # Services other than Amazon's refuse the checksums of late; a body proves itself by its name.
    plain = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
    fs, root = fsspec.core.url_to_fs(url, endpoint_url=endpoint, config_kwargs=patient | plain)
    fs.retries = 2
    return fs, root.rstrip("/")


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Each file whole or not there, also after a power cut."""
    parts = {folder / name: _part(folder / name) for name in files}
    folders = {path.parent for path in parts}
    for one in folders:
        one.mkdir(parents=True, exist_ok=True)

    def write(name: str) -> None:
        with parts[folder / name].open("wb") as file:
            file.write(files[name])
            file.flush()
            os.fsync(file.fileno())

    try:
        _all_at_once(write, files)
        for path, part in parts.items():
            part.replace(path)
    except BaseException:
        for part in parts.values():
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        raise
    _all_at_once(_force, {folder, *folders})


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")


def _force(folder: Path) -> None:
    """What was renamed in a folder is on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


T = TypeVar("T")


def _all_at_once(do: Callable[[T], None], things: Iterable[T]) -> None:
    """Do it for all, by a few threads: a disk forces many files in hardly more time than one."""
    waiting, errors = list(things), list[BaseException]()

    def work() -> None:
        while not errors:
            try:
                one = waiting.pop()
            except IndexError:  # nothing is left
                return
            try:
                do(one)
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(WRITERS, len(waiting)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
