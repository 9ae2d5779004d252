"""A small file that staff bring, a schedule say: held in memory while the page answers, and then gone.

Reports take files another way, sealed as they come in. A page that says neither gets none.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeVar

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers

LARGEST = 1_000_000
LARGEST_SCHEDULE = 5_000_000
"""A schedule as it is exported brings what every session is about, and who speaks."""

View = TypeVar("View", bound=Callable[..., Any])


def takes_small_file(largest: int) -> Callable[[View], View]:
    """Let a page of the desk have one file of at most so many bytes. The outermost decorator."""

    def marked(view: View) -> View:
        view.takes_small_file = largest  # type: ignore[attr-defined]
        return view

    return marked


class SmallFileHandler(FileUploadHandler):
    """Keeps the beginning of a file: one byte more than is allowed says that it is too large."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._held: BytesIO | None = None
        self._largest = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        matched = getattr(self.request, "resolver_match", None)
        self._largest = getattr(matched and matched.func, "takes_small_file", 0)
        if self._largest:
            self._held = BytesIO()
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self._held is None:
            return raw_data
        self._held.write(raw_data[: self._largest + 1 - self._held.tell()])
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        held, self._held = self._held, None
        if held is None:
            return None
        size = held.tell()
        held.seek(0)
        return InMemoryUploadedFile(
            held, self.field_name, "file", "application/octet-stream", size, None
        )
