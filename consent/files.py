"""Writing small files so that they survive a crash whole: flushed, owner only, in one step."""

import errno
import os
from pathlib import Path

from consent.errors import StorageError


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file in one step: after a crash it is the old one or the new one.

    Raises:
        OSError: the folder cannot be written, or the disk is full; the old file stands.
    """
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    try:
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """As `replace_file`, with a sentence where it fails.

    Raises:
        StorageError: the disk is full, or the folder cannot be written; the old file stands.
    """
    try:
        replace_file(path, content)
    except OSError as error:
        raise cannot_write(path, error) from error


def add_line(path: Path, line: bytes) -> None:
    """Add a line to a file that only grows; a line torn by an earlier crash is cut off first.

    Raises:
        StorageError: the disk is full, or the file cannot be written; no part of the line stays.
    """
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            whole = file.read().rpartition(b"\n")
            end = len(whole[0]) + len(whole[1])
            file.truncate(end)
            file.seek(end)
            try:
                written = file.write(line + b"\n")
                os.fsync(file.fileno())
            except OSError:
                written = 0
                raise
            finally:
                if written != len(line) + 1:
                    file.truncate(end)
        if written != len(line) + 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301
        if end == 0:
            flush_folder(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error


def flush_folder(folder: Path) -> None:
    """Make the names in a folder survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def cannot_write(path: Path, error: OSError) -> StorageError:
    """Return the error that says what to do about a file that could not be written."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StorageError(f"The disk of {path} is full. Make room on it; nothing half is kept.")
    return StorageError(f"{path} cannot be written ({error.strerror}). Check who owns the folder.")
