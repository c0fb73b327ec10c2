from django.utils.translation import gettext as _

from guards.uploads import UploadError


def damaged() -> UploadError:
    return UploadError(_("This file is damaged and cannot be opened. Save it again, or save it as CSV."))
