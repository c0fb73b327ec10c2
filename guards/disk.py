"""A full disk is told to people, not only to logs: what they upload then is passed over, and the page says why."""

import errno
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from guards.uploads import MAX_TEXT_BYTES, MEBIBYTE

THE_REST = 10 * MEBIBYTE  # of a form, beside its file
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
DISK_IS_FULL = gettext_lazy(
    "The disk of the server is full, so the file could not be kept. Tell whoever looks after it, and upload it again."
)


class DiskUploadHandler(TemporaryFileUploadHandler):
    """Django's for large files; one for which there is no space is not among the files, and the request knows.

    What is larger than any door takes is not kept even for a moment: a stranger could fill the disk with it.
    """

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803
        if content_length > max(MAX_TEXT_BYTES, settings.DOCUMENT_MAX_MB * MEBIBYTE) + THE_REST:
            raise RequestDataTooBig("A request is larger than any upload that is taken.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            self._pass_over(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            self._pass_over(error)
        return None

    def file_complete(self, file_size: int) -> Any:
        try:
            return super().file_complete(file_size)
        except OSError as error:  # the last of it is written only now
            self._note(error)
            return None

    def _pass_over(self, error: OSError) -> None:
        self._note(error)
        raise SkipFile from error

    def _note(self, error: OSError) -> None:
        if error.errno not in FULL or self.request is None:
            raise error
        self.request.META["kokoon.disk_full"] = True
        with suppress(OSError, AttributeError):  # what is left of it cannot be written either
            self.file.close()


def found_full(request: HttpRequest) -> bool:
    """Whether a file of this request was passed over because the disk is full."""
    return "kokoon.disk_full" in request.META
