"""A theatre full of things that nobody else may see: one row of every model that belongs to an organisation."""

from datetime import timedelta
from email.message import EmailMessage
from io import BytesIO
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import storages
from django.db import models, transaction
from django.utils import timezone
from PIL import Image as Picture
from wagtail.models import UploadedFile

from mailer.models import EmailIndexPage, EmailPage, MailboxMessage
from organisations import scope
from organisations.access import create_organisation, set_member
from organisations.models import Document, Image, Membership, Organisation, OrganisationModel, Role, User
from registers.books import create_register
from registers.contacts import save_contact
from sites.models import RsvpPage, SignUpPage
from sites.seats import reply

SECRET = "Zaubervogel"


def contact_ids() -> list[int]:
    """Two contacts that may be one."""
    contacts = apps.get_model("registers", "Contact")
    first = row_of(contacts)
    if contacts.objects.count() < 2:
        first.pk, first.external_id = None, ""
        first.save(force_insert=True)
    return list(contacts.objects.order_by("pk").values_list("pk", flat=True))


def somebody() -> int:
    """Whose row it is, where a row belongs to a person."""
    user, _made = User.objects.get_or_create(email="orvokki.zaubervogel@example.org")
    return int(user.pk)


def membership() -> Membership:
    """Of somebody who sees a part only."""
    theatre = Organisation.in_scope()
    user = User.objects.create_user(f"{SECRET}@part.example", first_name=SECRET)
    return set_member(organisation=theatre, user=user, role=Role.VIEWER, limited=True)


# What a row needs beyond texts that carry the secret.
NEEDS: dict[str, dict[str, Any]] = {
    "registers.Field": {"key": "zaubervogel", "type": "text"},
    "registers.Contact": {
        "phone": "+358401234567",
        "email": f"{SECRET}@example.org",
        "attributes": {"zaubervogel": SECRET},
    },
    "registers.Reach": {"membership": membership, "group": None},
    "registers.Absence": {"since": timezone.now().date(), "until": timezone.now().date() + timedelta(days=30)},
    "registers.ContactDocument": {
        "appointment": None,
        "follow_up": None,
        "stored_name": lambda: storages["private"].save("documents/0/secret", ContentFile(SECRET.encode())),
        "content_type": "text/plain",
    },
    "registers.FollowUp": {"due_on": timezone.now().date()},
    "registers.Automation": {"act": "set_field", "settings": {"column": "city", "value": SECRET}},
    "registers.AutomationRun": {"membership": 1, "state": "failed"},
    "registers.Partner": {"place": 1},
    "registers.Company": {"email": f"{SECRET}@example.org", "business_id": "1234567-8"},
    "registers.Consent": {"channel": "email", "granted": True},
    "registers.Suppression": {"channel": "email", "kind": "manual", "address_hash": "0" * 64},
    "registers.SavedView": {"owner_id": somebody, "shared": True, "query": ""},
    "registers.ChosenColumns": {"user_id": somebody},
    "registers.Segment": {"rule": {"match": "all", "conditions": []}},
    "registers.Import": {"kind": "csv", "state": "ready"},
    "registers.RememberedMapping": {"headers": [SECRET], "targets": {}},
    "registers.ChosenContacts": {"number": 1, "contacts": contact_ids},
    "registers.ImportRow": {"status": "created", "cells": [SECRET], "values": {}},
    "registers.Export": {"format": "csv"},
    "registers.UniqueValue": {"contact_id": lambda: contact_ids()[0], "value_key": SECRET.lower()},
    "registers.TypeChange": {"type": "date"},
    "registers.Removal": {"whole": False},
    "registers.DuplicateSet": {"contacts": contact_ids, "seen": contact_ids},
    "registers.NotSame": {"low_id": lambda: contact_ids()[0], "high_id": lambda: contact_ids()[1]},
    "registers.MergeRecord": {"merged": [1], "data": {"kept": {"before": {}, "after": {"updated_at": ""}}}},
    "mailer.Sender": {"email": f"{SECRET}@example.org", "reply_to": ""},
    "mailer.EmailCampaign": {"state": "sent", "frozen_at": timezone.now(), "audience": {"include": [], "exclude": []}},
    "mailer.Link": {"url": f"https://example.org/{SECRET}"},
    "mailer.EmailMessage": {"state": "accepted", "traffic": "bulk", "address_key": f"{SECRET}@example.org"},
    "mailer.MessageEvent": {"kind": "open"},
    "sms.ShortNumber": {"number": "18230", "key": f"{SECRET:0<32}"},
    "sms.Inbound": {"phone": "+358401234567", "outcome": "failed"},
    "sms.SmsMessage": {"state": "accepted", "traffic": "transactional"},
    "sites.Capacity": {"seats": 10, "ceiling": 10},
    "sites.Registration": {"state": "confirmed", "queue_number": None},
    "sites.FormVersion": {"definition_json": {"phone": "off", "questions": []}},
    "sites.Submission": {"source": "public", "answers": {"x": SECRET}},
}


def fill_theatre() -> Organisation:
    """An organisation with a row of everything; each of its texts carries SECRET."""
    theatre = create_organisation(name=f"{SECRET} Theatre", slug="zaubervogel", contact_email=f"{SECRET}@example.org")
    with scope.organisation(theatre.pk):
        make_files(theatre)
        register = make_row(apps.get_model("registers", "Register"))
        event = RsvpPage(
            title=f"{SECRET} premiere", slug="premiere", starts_at=timezone.now(), register=register, capacity=10
        )
        theatre.home_page.add_child(instance=event)
        event.save_revision().publish()
        sign_up = SignUpPage(title=f"{SECRET} club", slug="club", register=register)
        theatre.home_page.add_child(instance=sign_up)
        sign_up.save_revision().publish()
        index = EmailIndexPage.objects.child_of(theatre.home_page).first()
        if index is None:
            index = theatre.home_page.add_child(instance=EmailIndexPage(title="E-mails", slug="e-mails"))
        email = EmailPage(title=f"{SECRET} letter", slug="letter", subject=SECRET)
        index.add_child(instance=email)
        email.save_revision().publish()
        for model in apps.get_models():
            if issubclass(model, OrganisationModel):
                row_of(model)
        make_states()
        MailboxMessage.objects.create(
            organisation=theatre, to=SECRET, subject=SECRET, sender=SECRET, raw=letter(), message_id=SECRET
        )
    return theatre


def make_states() -> None:
    """Imports, campaigns and e-mails answer differently in each state: one of each that a screen asks for."""
    imports, campaigns = apps.get_model("registers", "Import"), apps.get_model("mailer", "EmailCampaign")
    for state in ("uploaded", "done"):
        row = imports.objects.first()
        row.pk, row.state = None, state
        row.save(force_insert=True)
    for state in ("uploaded", "ready", "done"):
        row = imports.objects.first()
        row.pk, row.state, row.kind, row.original_name = None, state, "change", SECRET
        row.change = {"does": "set", "column": "city", "type": "text", "value": SECRET}
        row.save(force_insert=True)
    for state in ("draft", "sending"):
        row = campaigns.objects.first()
        row.pk, row.state = None, state
        row.save(force_insert=True)
    partner = apps.get_model("registers", "Partner").objects.first()
    partner.pk, partner.place = None, 2
    partner.contact_id = next(pk for pk in contact_ids() if pk != partner.contact_id)
    partner.save(force_insert=True)
    apps.get_model("sites", "Capacity").objects.update(taken=1)  # by the one registration
    automatic = apps.get_model("mailer", "EmailMessage").objects.first()
    automatic.pk, automatic.campaign, automatic.traffic, automatic.state = None, None, "transactional", "unknown"
    automatic.message_id, automatic.unique_key = f"automatic-{SECRET}", "automatic"
    automatic.letter = {"subject": SECRET, "html": SECRET, "text": SECRET}
    automatic.save(force_insert=True)


def letter() -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = SECRET, f"{SECRET}@example.org", f"{SECRET}@example.org"
    mail.set_content(SECRET)
    mail.add_alternative(f"<p>{SECRET}</p>", subtype="html")
    mail.add_attachment(SECRET.encode(), maintype="text", subtype="plain", filename=f"{SECRET}.txt")
    return mail.as_bytes()


def uploads_of(user: User) -> None:
    """Files that the user has sent to the multiple uploader and not described yet."""
    for model in (Image, Document):
        UploadedFile.objects.create(
            for_content_type=ContentType.objects.get_for_model(model),
            file=ContentFile(SECRET.encode(), name=f"{SECRET}.txt"),
            uploaded_by_user=user,
        )


def row_of(model: Any) -> Any:
    return model.objects.first() or make_row(model)


def make_row(model: Any) -> Any:
    needed = NEEDS.get(model._meta.label, {})
    given = {name: value() if callable(value) else value for name, value in needed.items()}
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if {field.name, field.attname} & given.keys() or field.primary_key or field.name == "organisation":
            continue
        value = value_for(field)
        if value is not None:
            values[field.name] = value
    row = model(**{**values, **given})
    row.save()
    return row


def value_for(field: models.Field) -> Any:
    """Something that carries the secret where it can; None to leave the field alone."""
    if isinstance(field, models.ForeignKey):
        return related_row(field)
    if field.choices or isinstance(field, models.UUIDField):
        return None
    if isinstance(field, models.CharField | models.TextField):
        if getattr(field, "max_length", None) and field.max_length < len(SECRET):
            return None
        return SECRET
    if field.has_default() or field.null:
        return None
    if isinstance(field, models.IntegerField):
        return 1
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    return None


def related_row(field: Any) -> Any:
    target = field.related_model
    if issubclass(target, OrganisationModel):
        return None if target is field.model else row_of(target)
    if target._meta.label in {"sites.RsvpPage", "wagtailcore.Page"}:
        event = RsvpPage.objects.filter(title__contains=SECRET).first()
        return event if target is RsvpPage else event.page_ptr
    if target in (EmailPage, SignUpPage):
        return target.objects.filter(title__contains=SECRET).first()
    return None


def make_files(theatre: Organisation) -> None:
    file = BytesIO()
    Picture.new("RGB", (60, 60), "red").save(file, "PNG")
    Image.objects.create(
        title=SECRET, collection=theatre.collection, description=SECRET, file=ImageFile(file, name=f"{SECRET}.png")
    )
    Document.objects.create(title=SECRET, collection=theatre.collection, file=ContentFile(b"x", name=f"{SECRET}.txt"))


def fill_choir(choir: Organisation) -> None:
    """Rows of the choir's own, to stand in an address beside an id of the theatre."""
    with scope.organisation(choir.pk):
        register = create_register(name="Ours")
        event = RsvpPage(title="Ours", slug="ours", starts_at=timezone.now(), register=register, capacity=10)
        choir.home_page.add_child(instance=event)
        event.save_revision().publish()
        choir.home_page.add_child(instance=SignUpPage(title="Our club", slug="our-club", register=register))
        contact = save_contact(register=register, values={"email": "ours@example.org"}, source="test")
        with transaction.atomic():
            reply(page_id=event.pk, contact_id=contact.pk, party=1, waiting_list=False)
        apps.get_model("mailer", "EmailCampaign").objects.create(name="Ours", frozen_at=timezone.now(), state="sent")
