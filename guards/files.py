"""Where uploaded files are kept."""

import os
from contextlib import suppress
from typing import Any
from uuid import uuid4

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """A file that finds no room leaves nothing: half of it would take what is left, and nobody would ever delete it.

    It is written under a name that is nobody else's, and gets its own once it is whole: where two of one name meet,
    it can be told whose is the half one.
    """

    def _save(self, name: str, content: Any) -> str:
        half = os.path.join(os.path.dirname(name), f".{uuid4().hex}")
        try:
            super()._save(half, content)  # type: ignore[misc]  # Django's own door for it, which its stubs lack
            name = self._take(name)
            os.replace(self.path(half), self.path(name))
        except OSError:
            with suppress(OSError):
                self.delete(half)
            raise
        return name

    def _take(self, name: str) -> str:
        """Keep a name free, or another one like it."""
        while True:
            try:
                os.close(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            except FileExistsError:
                name = self.get_available_name(name)
            else:
                return name
