"""What is uploaded and cannot be kept is passed over, and the page says why: the disk is full, the file too large."""

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
ENDLESS = 1024 * MEBIBYTE  # a mistake is read to its end, so that a browser hears the answer; this is none
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
DISK_IS_FULL = gettext_lazy(
    "The disk of the server is full, so the file could not be kept. Tell whoever looks after it, and upload it again."
)

TOO_LARGE = gettext_lazy("This file is far too large, and was not kept. Split it into smaller files.")
_NOT_KEPT = "kokoon.not_kept"


class DiskUploadHandler(TemporaryFileUploadHandler):
    """Django's for large files; one for which there is no space is not among the files, and the request knows.

    What is larger than any door takes is not kept even for a moment: a stranger could fill the disk with it.
    """

    too_large = False

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803
        self.too_large = content_length > max(MAX_TEXT_BYTES, settings.DOCUMENT_MAX_MB * MEBIBYTE) + THE_REST
        if self.too_large and content_length > ENDLESS:
            raise RequestDataTooBig("A request is larger than any upload that is taken.")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.too_large and self.request is not None:
            self.request.META[_NOT_KEPT] = TOO_LARGE
            raise SkipFile
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
        self.request.META[_NOT_KEPT] = DISK_IS_FULL
        with suppress(OSError, AttributeError):  # what is left of it cannot be written either
            self.file.close()


def why_not_kept(request: HttpRequest) -> Any:
    """Why a file of this request was passed over; None where none was."""
    return request.META.get(_NOT_KEPT)
