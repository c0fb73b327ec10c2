"""Where uploaded files are kept."""

from contextlib import suppress
from typing import Any

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """A file that finds no room leaves nothing: half of it would take what is left, and nobody would ever delete it."""

    def _save(self, name: str, content: Any) -> str:
        is_new = not self.exists(name)
        try:
            return str(super()._save(name, content))  # type: ignore[misc]  # Django's own door for it, which its stubs lack
        except OSError:
            if is_new:
                with suppress(OSError):
                    self.delete(name)
            raise
