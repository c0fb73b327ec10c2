"""How a page is copied: as a page of its own.

Wagtail would also make an alias, which follows its original and cannot be changed. Of an event it would be a second set
of the same seats, of a sign-up page a second list.
"""

from typing import Any

from wagtail.admin.forms.pages import CopyForm


class CopyOnlyForm(CopyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)
