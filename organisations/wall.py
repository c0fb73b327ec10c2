"""The wall: what Wagtail itself would show of another organisation answers 404, as does what does not exist.

Wagtail's own screens know page and collection permissions but leak past them: reports list every page, a page move
names a foreign destination, a forged image id is saved. The wall stands in front of every admin view. To those who may
see a part of the organisation only, all is closed that has not been opened to them (`organisations.reach`).
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch
from django.views.defaults import page_not_found
from wagtail.admin.views.chooser import page_models_from_string
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, UploadedFile

from guards.ids import row_id, row_ids
from organisations import reach
from organisations.middleware import is_admin
from organisations.models import Organisation
from organisations.ownership import collections_of, pages_of

# Screens of the whole installation: the operator's.
OPERATOR_NAMESPACES = {
    "wagtailadmin_collections",
    "wagtailadmin_reports",
    "wagtailadmin_workflows",
    "wagtailredirects",
    "wagtailsites",
    "wagtailsnippets",
    "wagtailusers_groups",
    "wagtailusers_users",
}
OPERATOR_VIEWS = {
    "wagtailadmin_error_test",
    "wagtailadmin_tag_autocomplete",
    "wagtailadmin_tag_model_autocomplete",
    "wagtailadmin_pages:type_use",
    "wagtailadmin_pages:type_use_results",
}
PAGE_ARGUMENTS = {
    "page_id", "parent_page_id", "page_to_move_id", "destination_id", "child_of", "childOf", "descendant_of",
    "new_parent_page", "parent_page", "root_page", "page_id_to_move", "translation_of",
}  # fmt: skip
COLLECTION_ARGUMENTS = {"collection", "collection_id"}
API_PREFIX = "wagtailadmin_api:"


class WallMiddleware:
    """Refuses, before the view runs, any id of a page, picture, document or collection of somebody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        user = request.user
        if not is_admin(request) or not user.is_authenticated or user.is_superuser:
            return None
        organisation: Organisation | None = getattr(request, "organisation", None)
        match = request.resolver_match
        if match is None or organisation is None:
            return None
        closed = is_operators(match) or (reach.is_limited() and not reach.is_open(match.view_name))
        if closed or names_something_foreign(request, match, args, kwargs, organisation):
            return page_not_found(request, Exception(), template_name="wagtailadmin/404.html")
        if match.view_name == "wagtailadmin_choose_page" and organisation.home_page_id:
            kwargs["parent_page_id"] = where_to_choose(request, organisation)
        return None


def where_to_choose(request: HttpRequest, organisation: Organisation) -> int:
    """The page at which a page chooser opens: above all own pages of the wanted type.

    Left alone, Wagtail takes all pages of that type, whosever they are.
    """
    home = organisation.home_page
    assert home is not None
    try:
        models = page_models_from_string(request.GET.get("page_type") or "wagtailcore.page")
    except (ValueError, LookupError):
        return int(home.pk)  # the view says 404
    wanted = Page.objects.descendant_of(home).type(*models) if Page not in models else Page.objects.none()
    return int(wanted.first_common_ancestor().pk if wanted.exists() else home.pk)


def is_operators(match: ResolverMatch) -> bool:
    many_users = match.view_name == "wagtail_bulk_action" and match.kwargs.get("model_name") == "user"
    return many_users or bool(OPERATOR_NAMESPACES.intersection(match.namespaces)) or match.view_name in OPERATOR_VIEWS


def names_something_foreign(
    request: HttpRequest,
    match: ResolverMatch,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    organisation: Organisation,
) -> bool:
    named = {key: [value] for key, value in kwargs.items()}
    for source in (request.GET, request.POST):
        for key, values in source.lists():
            named.setdefault(key, []).extend(values)
    pages = [value for key in PAGE_ARGUMENTS for value in named.get(key, [])]
    collections = [value for key in COLLECTION_ARGUMENTS for value in named.get(key, [])]
    images: list[Any] = []
    documents: list[Any] = []

    rows = [*named.get("pk", []), *named.get("id", []), *args]
    if match.view_name.endswith("chosen_multiple") and not all(map(row_id, named.get("id", []))):
        return True  # Wagtail's choosers take them for numbers without a look
    kind = kind_of_rows(match, kwargs)
    if kind == "page":
        pages += rows
    elif kind == "image":
        images += [*rows, *named.get("image_id", [])]
    elif kind == "document":
        documents += [*rows, *named.get("document_id", []), *named.get("doc_id", [])]
    return (
        foreign_uploads(kwargs, request.user)
        or foreign_pages(pages, organisation)
        or foreign_collections(collections, organisation)
        or foreign_files(get_image_model(), images, organisation)
        or foreign_files(get_document_model(), documents, organisation)
    )


def kind_of_rows(match: ResolverMatch, kwargs: dict[str, Any]) -> str:
    """What a bare `pk` or `id` means in this view: "page", "image", "document" or nothing of Wagtail's."""
    name = match.view_name
    model = str(kwargs.get("model_name", ""))
    if name.startswith(
        ("wagtailadmin_pages", "wagtailadmin_explore", "wagtailadmin_choose_page", f"{API_PREFIX}pages")
    ):
        return "page"
    if name.startswith(("wagtailimages", f"{API_PREFIX}images")) or model == "image":
        return "image"
    if name.startswith(("wagtaildocs", f"{API_PREFIX}documents")) or model == "document":
        return "document"
    if name in {"wagtail_bulk_action", "wagtailadmin_editing_sessions:ping"}:
        return "page" if model.endswith("page") else ""
    return ""


def foreign_uploads(kwargs: dict[str, Any], user: Any) -> bool:
    """A file on its way in is its uploader's alone. Wagtail refuses others, but tells them that it is there."""
    ids = row_ids([kwargs["uploaded_file_id"]]) if "uploaded_file_id" in kwargs else []
    return bool(ids) and not UploadedFile.objects.filter(pk__in=ids, uploaded_by_user=user).exists()


def foreign_pages(values: Iterable[Any], organisation: Organisation) -> bool:
    """Whether any of the ids is not one of the organisation's pages; the root above them all is nobody's."""

    def own() -> Any:
        return pages_of(organisation) | Page.objects.filter(depth=1) if organisation.home_page else Page.objects.none()

    return any_beyond(own, values)


def foreign_collections(values: Iterable[Any], organisation: Organisation) -> bool:
    """Whether any of the ids is not one of the organisation's collections."""
    return any_beyond(lambda: collections_of(organisation), values)


def foreign_files(model: Any, values: Iterable[Any], organisation: Organisation) -> bool:
    """Whether any of the ids is not one of the organisation's files of this model: pictures or documents."""
    return any_beyond(lambda: model.objects.filter(collection__in=collections_of(organisation)), values)


def any_beyond(own: Callable[[], Any], values: Iterable[Any]) -> bool:
    """Whether an id among the values is not in the queryset; one that does not exist at all gets the same answer.

    Most requests name none, and no queryset is made for them.
    """
    ids = row_ids(values)
    return bool(ids) and own().filter(pk__in=ids).count() < len(ids)
