"""Pictures and documents have no tags: Wagtail shares these between all who use the installation, and lists them."""

from wagtail.documents.views.bulk_actions import AddTagsBulkAction as TagDocuments
from wagtail.images.views.bulk_actions import AddTagsBulkAction as TagImages


def offer_no_tags() -> None:
    """The forms leave them out by themselves (`organisations.models.media`); what is done to many would add them."""
    TagImages.models = TagDocuments.models = []
