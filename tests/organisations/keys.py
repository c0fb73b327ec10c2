"""Which row each id in an address of the admin means: so that the crawler asks for things that are there."""

from itertools import product
from typing import Any

from django.apps import apps
from wagtail.models import Page, Revision, UploadedFile

from mailer.models import EmailPage, MailboxMessage
from organisations import scope
from organisations.models import Document, Image, Membership, Organisation
from sites.models import RsvpPage, SignUpPage
from tests.organisations.crawl import Route

Ids = dict[str, Any]

# By the parameter's name, wherever it stands …
PARAMETERS = {
    "page_id": "page",
    "parent_page_id": "page",
    "page_to_move_id": "page",
    "destination_id": "home",
    "revision_id": "revision",
    "revision_id_a": "revision",
    "revision_id_b": "revision",
    "image_id": "image",
    "document_id": "document",
    "doc_id": "document",
    "uploaded_file_id": "upload",
    "register_pk": "register",
    "event_id": "event",
    "sign_up_page_id": "sign_up_page",
    "registration_id": "registration",
    "object_id": "page",
    "number": "attachment",
    "session_id": "nothing",
    "task_id": "nothing",
    "task_state_id": "nothing",
    "workflow_state_id": "nothing",
    "page_pk": "page",
    "workflow_pk": "nothing",
    "redirect_id": "nothing",
    "collection_id": "collection",
}
# … and what a bare pk is, by the beginning of the route's name; the longest that fits counts.
KEYS = {
    "mailbox:": "mail",
    "registers:contact": "contact",
    "registers:edit_contact": "contact",
    "registers:delete_contact": "contact",
    "registers:import": "import",
    "registers:group": "group",
    "registers:edit_group": "group",
    "registers:delete_group": "group",
    "registers:add_member": "group",
    "registers:add_automation": "group",
    "registers:edit_automation": "automation",
    "registers:switch_automation": "automation",
    "registers:delete_automation": "automation",
    "registers:company": "company",
    "registers:edit_company": "company",
    "registers:delete_company": "company",
    "registers:add_place": "contact",
    "registers:place": "place",
    "registers:end_place": "place",
    "registers:star": "contact",
    "registers:remove_star": "contact",
    "registers:purpose": "purpose",
    "registers:retire_purpose": "purpose",
    "registers:delete_purpose": "purpose",
    "registers:add_note": "contact",
    "registers:add_document": "contact",
    "registers:document": "document_of_contact",
    "registers:delete_document": "document_of_contact",
    "registers:add_appointment": "contact",
    "registers:edit_appointment": "appointment",
    "registers:delete_appointment": "appointment",
    "registers:appointment": "appointment",
    "registers:add_follow_up": "contact",
    "registers:edit_follow_up": "follow_up",
    "registers:delete_follow_up": "follow_up",
    "registers:settle_follow_up": "follow_up",
    "registers:edit_note": "note",
    "registers:delete_note": "note",
    "registers:change": "change",
    "registers:change_type": "field",
    "registers:remove_export_purpose": "export_purpose",
    "registers:segment": "segment",
    "registers:delete_segment": "segment",
    "registers:undo_merge": "merge",
    "registers:view": "view",
    "registers:delete_view": "view",
    "organisations:": "membership",
    "campaigns:": "campaign",
    "senders:": "sender",
    "sms_keywords:": "keyword",
    "sms_numbers:": "short_number",
    "sms_received:": "inbound",
    "wagtailadmin_api:pages:": "page",
    "wagtailadmin_api:images:": "image",
    "wagtailadmin_api:documents:": "document",
    "wagtailadmin_pages:revisions_compare": "page",
    "wagtaildocs_chooser:": "document",
    "wagtailimages_chooser:": "image",
    "wagtailadmin_collections:": "collection",
    "wagtailadmin_workflows:": "nothing",
    "wagtailsites:": "nothing",
    "wagtailusers_users:": "user",
    "wagtailusers_groups:": "nothing",
}
MODELS = {
    "automation": "registers.Automation",
    "register": "registers.Register",
    "contact": "registers.Contact",
    "field": "registers.Field",
    "import": "registers.Import",
    "change": "registers.Import",
    "group": "registers.Group",
    "company": "registers.Company",
    "place": "registers.Employment",
    "note": "registers.Note",
    "purpose": "registers.Purpose",
    "document_of_contact": "registers.ContactDocument",
    "appointment": "registers.Appointment",
    "follow_up": "registers.FollowUp",
    "segment": "registers.Segment",
    "export_purpose": "registers.ExportPurpose",
    "view": "registers.SavedView",
    "merge": "registers.MergeRecord",
    "campaign": "mailer.EmailCampaign",
    "sender": "mailer.Sender",
    "registration": "sites.Registration",
    "keyword": "sms.Keyword",
    "short_number": "sms.ShortNumber",
    "inbound": "sms.Inbound",
    "message": "mailer.EmailMessage",
}
MISSING = 80_000


def kind_of(route: Route, parameter: str) -> str:
    """What an id in this route is an id of; KeyError for a route that nobody has told the crawler about."""
    if parameter in PARAMETERS:
        return PARAMETERS[parameter]
    fitting = [beginning for beginning in KEYS if route.name.startswith(beginning)]
    if not fitting:
        raise KeyError(f"{route.name}: say in keys.py what its “{parameter}” is")
    return KEYS[max(fitting, key=len)]


class Keys:
    """The ids of an organisation's rows, by kind."""

    def __init__(self, organisation: Organisation) -> None:
        self.rows: dict[str, list[int]] = {
            "home": [organisation.home_page_id],
            "collection": [organisation.collection_id],
            "attachment": [1],
            "nothing": [MISSING],
        }
        pages = Page.objects.descendant_of(organisation.home_page)
        self.rows["event"] = list(RsvpPage.objects.filter(pk__in=pages).values_list("pk", flat=True))
        sign_ups = SignUpPage.objects.filter(pk__in=pages)
        self.rows["sign_up_page"] = list(sign_ups.values_list("pk", flat=True))
        emails = list(EmailPage.objects.filter(pk__in=pages).values_list("pk", flat=True))
        self.rows["email"] = emails
        self.rows["page"] = [*self.rows["event"], *self.rows["sign_up_page"], *emails, organisation.home_page_id]
        revisions = Revision.page_revisions.filter(object_id__in=[str(pk) for pk in self.rows["page"]])
        self.rows["revision"] = list(revisions.values_list("pk", flat=True))
        for kind, model in (("image", Image), ("document", Document)):
            self.rows[kind] = list(
                model.objects.filter(collection=organisation.collection).values_list("pk", flat=True)
            )
        members = Membership.objects.filter(organisation=organisation)
        self.rows["membership"] = list(members.values_list("pk", flat=True))
        self.rows["user"] = list(members.values_list("user_id", flat=True))
        uploads = UploadedFile.objects.filter(uploaded_by_user__in=self.rows["user"])
        self.rows["upload"] = list(uploads.values_list("pk", flat=True))
        mails = MailboxMessage.objects.filter(organisation=organisation)
        self.rows["mail"] = list(mails.values_list("pk", flat=True))
        with scope.organisation(organisation.pk):
            for kind, label in MODELS.items():
                rows = apps.get_model(label).objects.order_by("pk")
                self.rows[kind] = list(rows.values_list("pk", flat=True))
            changes = apps.get_model("registers", "Import").objects.filter(change__isnull=False).order_by("pk")
            self.rows["change"] = list(changes.values_list("pk", flat=True))
        self.rows["contact2"] = self.rows["contact"][1:]

    def __getitem__(self, kind: str) -> int:
        return self.rows[kind][0]

    def tries(self, route: Route) -> list[Ids]:
        """Every combination of rows that the route's ids may mean."""
        names = route.ids()
        kinds = [self.rows[kind_of(route, name)] for name in names]
        assert all(kinds), f"{route.name}: nobody has such a row; make one in treasure.py"
        return [dict(zip(names, ids, strict=True)) for ids in product(*kinds)]


def mixtures(route: Route, own: Keys, foreign: Keys) -> list[Ids]:
    """For a route with several ids: one of them foreign, the others one's own."""
    kinds = {name: kind_of(route, name) for name in route.ids()}
    if len(kinds) < 2 or not all(own.rows[kind] for kind in kinds.values()):
        return []
    whole = {name: own[kind] for name, kind in kinds.items()}
    return [whole | {name: foreign[kind]} for name, kind in kinds.items() if own[kind] != foreign[kind]]
