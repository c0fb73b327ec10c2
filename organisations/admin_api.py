"""Wagtail's internal API, as the page explorer and the choosers use it, limited to one organisation."""

from typing import Any

from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.permissions import policy_registry

from organisations.ownership import collections_of


class OrganisationPages(PagesAdminAPIViewSet):
    def get_queryset(self) -> Any:
        pages = super().get_queryset()
        return limit_pages(pages, self.request)


class OwnFiles:
    """Limits an endpoint to what the user may choose, in the current organisation."""

    request: Any

    def get_queryset(self) -> Any:
        files = super().get_queryset()  # type: ignore[misc]
        user = self.request.user
        policy = policy_registry.get_by_type(files.model)
        allowed = policy.instances_user_has_any_permission_for(user, ["choose", "change"])
        files = files.filter(pk__in=allowed.values("pk"))
        organisation = getattr(self.request, "organisation", None)
        if user.is_superuser or organisation is None:
            return files
        return files.filter(collection__in=collections_of(organisation))


class OrganisationImages(OwnFiles, ImagesAdminAPIViewSet):
    pass


class OrganisationDocuments(OwnFiles, DocumentsAdminAPIViewSet):
    pass


def limit_pages(pages: Any, request: Any) -> Any:
    """The pages of the current organisation; all of them for the operator."""
    if request.user.is_superuser:
        return pages
    organisation = getattr(request, "organisation", None)
    if organisation is None or organisation.home_page is None:
        return pages.none()
    return pages.descendant_of(organisation.home_page, inclusive=True)
