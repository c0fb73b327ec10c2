"""What the crawler cannot find out by itself about the addresses of the admin, and why."""

from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from tests.organisations.crawl import Route, admin_routes

# Wagtail's addresses with words in place of ids, or with ids behind the question mark.
BACK_DOORS = [
    "/admin/pages/{event}/revisions/compare/live...latest/",
    "/admin/pages/{event}/revisions/compare/earliest...{revision}/",
    "/admin/api/main/pages/?child_of={event}",
    "/admin/api/main/pages/?descendant_of={event}",
    "/admin/api/main/pages/?fields=*",
    "/admin/api/main/pages/?search=premiere",
    "/admin/api/main/images/?fields=*",
    "/admin/api/main/documents/?fields=*",
    "/admin/choose-page/?page_type=sites.rsvppage",
    "/admin/choose-page/search/?q=premiere",
    "/admin/choose-page/chosen-multiple/?id={event}",
    "/admin/images/chooser/chosen-multiple/?id={image}",
    "/admin/documents/chooser/chosen-multiple/?id={document}",
]
# Regular expressions of the admin that the crawler cannot fill in.
UNREAD = {
    "admin/^.*/$": "what leads nowhere: 404, or to the sign-in",
}
# What may answer something else than 404 for a foreign id, and why it tells nothing.
OTHERWISE = {
    "wagtailadmin_editing_sessions:release": "ends one's own session; says nothing of others'",
}
# From an owner's screens an editor is led away before anybody has looked whose id it is.
OWNERS_SCREENS = {
    "registers:delete",
    "registers:remove_export_purpose",
    "organisations:member",
    "organisations:remove_member",
    "sms_numbers:edit",
    "sms_numbers:new_key",
}
# What not even an owner reaches, besides the operator's own screens (organisations.wall), and why.
UNREACHED = {
    "wagtailadmin_pages:workflow_action": "Kokoon has no workflows (WAGTAIL_WORKFLOW_ENABLED)",
    "wagtailadmin_pages:collect_workflow_action_data": "the same",
    "wagtailadmin_pages:workflow_preview": "the same",
    "wagtailadmin_pages:workflow_history_detail": "the same",
    "wagtailadmin_pages:convert_alias": "nobody makes aliases",
    "wagtailimages:url_generator": "pictures have no address with a signature (wagtailimages_serve)",
    "wagtailimages:url_generator_output": "the same",
}
# Ids that stand after the question mark.
QUERIES = [
    ("campaigns:add", [], "page={email}"),
    ("campaigns:add", [], "invites_to={event}"),
    ("campaigns:add", [], "page={email}&invites_to={event}"),
    ("campaigns:resend", ["campaign"], "message={message}"),
    ("events:add_reply", ["event"], "contact={contact}"),
    ("registers:compare", ["register"], "contact={contact}&contact={contact2}"),
    ("registers:contacts", ["register"], "segment={segment}"),
    ("registers:contacts", ["register"], "group={group}"),
    ("registers:contacts", ["register"], "view={view}"),
    ("registers:export", ["register"], "segment={segment}&group={group}"),
    ("registers:export", ["register"], "contact={contact}&as=labels"),
]


def routes_with_ids() -> list[Route]:
    return [route for route in admin_routes() if route.numeric() and route.name not in OTHERWISE]


def routes_without_ids() -> list[Route]:
    return [route for route in admin_routes() if not route.numeric() and route.name != "wagtailadmin_logout"]


def models_to_name() -> list[tuple[str, str]]:
    """One model for each route that names any; the page types are the ones that matter."""
    return [("sites", "rsvppage"), ("organisations", "image")]


def bulk_addresses() -> list[str]:
    """Every act on many at once, with the id of one of them."""
    bulk_action_registry.get_bulk_action_class("", "", "")  # has them looked for
    kinds = {"page": "event"}
    return [
        f"/admin/bulk/{app}/{model}/{act}/?id={{{kinds.get(model, model)}}}"
        for app, models in bulk_action_registry.actions.items()
        for model, acts in models.items()
        for act in acts
    ]
