"""The form behind every upload of a picture (page editor, image bank, several at once), and its sizes on pages."""

import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtail.images.models import SourceImageIOError

from guards.pictures import DAMAGED, PictureRefused, redraw

if TYPE_CHECKING:
    from organisations.models import Image

logger = logging.getLogger(__name__)


def prepare(image: "Image | None", specs: Iterable[str]) -> None:
    """Make the picture in the sizes that a page shows ("width-1280"), so that no visitor has to wait for it.

    To be called when the page is published, with the specs of its templates. What is there already is not made again;
    a picture whose file is gone is logged.
    """
    if image is None:
        return
    try:
        image.get_renditions(*specs)
    except SourceImageIOError:
        logger.warning("Picture %d has no file.", image.pk)


class PictureField(WagtailImageField):
    """Wagtail's field, which reads type and size from the bytes, and lets a cut-off file fail with a 500."""

    def to_python(self, data: Any) -> Any:
        try:
            return super().to_python(data)
        except DAMAGED as error:
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from error


class PictureForm(BaseImageForm):
    """Keeps the pixels of an uploaded file and nothing else of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("file")  # the form for titles alone has none
        if field:
            self.fields["file"] = PictureField(
                label=field.label, required=field.required, help_text=field.help_text, widget=field.widget
            )

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if not file or "file" not in self.changed_data:
            return file
        try:
            drawn = File(redraw(file), name=re.sub(r"\.heic$", ".jpg", file.name, flags=re.IGNORECASE))
        except PictureRefused as refused:
            raise ValidationError(str(refused), code="picture") from refused
        drawn.image = file.image  # type: ignore[attr-defined]
        drawn.content_type = file.content_type  # type: ignore[attr-defined]
        return drawn
