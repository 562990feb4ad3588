"""Receives uploaded files straight into their place in the workspace; no copy lies in the machine's own temp folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from huaxiang.server.imports.uploads import Upload, clean_name

MEGABYTE = 1024 * 1024
MOST_FILE_BYTES = 2048 * MEGABYTE
MOST_FILES = 50


class ToUpload(FileUploadHandler):
    """Writes every file of a form into one upload. ``too_large`` and ``too_many`` name what was not taken."""

    def __init__(self, upload: Upload, most_bytes: int = MOST_FILE_BYTES) -> None:
        super().__init__()
        self.upload, self.most_bytes = upload, most_bytes
        self.received: list[Path] = []
        self.too_large: list[str] = []
        self.too_many: list[str] = []
        self._path, self._size = Path(), 0

    def new_file(self, field_name: str, file_name: str, *arguments: Any, **options: Any) -> None:
        """Open the place of the next file."""
        super().new_file(field_name, file_name, *arguments, **options)
        if len(self.received) >= MOST_FILES:
            self.too_many.append(clean_name(file_name))
            raise SkipFile
        self._path = self.upload.place(len(self.received) + len(self.too_large) + 1, file_name)
        self._path.touch(mode=0o600)
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        """Write one piece; a file that grows too large is dropped and named."""
        self._size += len(raw_data)
        if self._size > self.most_bytes:
            self._path.unlink()
            self.too_large.append(self._path.name)
            raise SkipFile
        with self._path.open("ab") as target:
            target.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        """Note the file as received."""
        self.received.append(self._path)
        return UploadedFile(name=self._path.name, size=file_size)
