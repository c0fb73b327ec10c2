"""What happens by itself when pages come into being and are published."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.signals import post_save, pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail.signals import page_published

from mailer.outbox.erasure import forget_letters, letters_about
from organisations import scope
from organisations.models import Organisation
from organisations.pictures import prepare
from organisations.signals import organisation_created
from registers.models import Group
from registers.signals import about_to_go, contacts_erased
from registers.texts import in_quotes
from sites.by_hand import change_seats
from sites.events import equip_event, version_of
from sites.letters import NEWS_TO_TEAM
from sites.models import HomePage, Registration, RsvpPage, SignUp, SignUpPage, Submission
from sites.moves import note_published
from sites.pictures import pictures_of
from sites.signups.joining import forget


@receiver(organisation_created, dispatch_uid="sites.home_page")
def make_home_page(organisation: Organisation, **_kwargs: Any) -> None:
    """An organisation starts with a home page directly under the root, so that its address is /<short name>/."""
    if organisation.home_page_id:
        return
    root = Page.get_first_root_node()
    organisation.home_page = root.add_child(instance=HomePage(title=organisation.name, slug=organisation.slug))
    organisation.save(update_fields=["home_page"])


@receiver(post_save, sender=RsvpPage, dispatch_uid="sites.equip_event")
def equip_new_event(instance: RsvpPage, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    if created and not raw and not instance.alias_of_id:
        equip_event(page=instance)


@receiver(page_published, sender=RsvpPage, dispatch_uid="sites.open_event")
def apply_published_event(instance: RsvpPage, **_kwargs: Any) -> None:
    """What was published holds from now on: the number of seats, and the questions of the form.

    Wagtail sends this also when publishing is only scheduled; then nothing is live yet.
    """
    if not instance.live:
        return
    with scope.organisation(Organisation.of_page(instance).pk):
        equip_event(page=instance)
        note_published(page=instance)
        change_seats(page=instance, count=instance.capacity)
        version_of(instance)


@receiver(page_published, sender=SignUpPage, dispatch_uid="sites.open_sign_up")
def note_questions(instance: SignUpPage, **_kwargs: Any) -> None:
    """What it asks, from now on."""
    if instance.live:
        with scope.organisation(Organisation.of_page(instance).pk):
            version_of(instance)


@receiver(page_published, dispatch_uid="sites.pictures")
def prepare_pictures(sender: type[Page], instance: Page, **_kwargs: Any) -> None:
    """The first visitor of a page finds its pictures drawn."""
    if sender._meta.app_label == "sites" and instance.live:
        for image, spec in pictures_of(instance):
            prepare(image, [spec])


@receiver(contacts_erased, dispatch_uid="sites.erased_answers")
def forget_answers(contacts: Any, **_kwargs: Any) -> None:
    """An erased person's reply keeps its seats; what they and their guests wrote goes with them."""
    replies = Submission.unscoped.filter(contact__in=contacts.order_by().values("pk"))
    replies.update(answers={}, guests=[], typed_name="")


@receiver(contacts_erased, dispatch_uid="sites.erased_sign_ups")
def forget_sign_ups(contacts: Any, **_kwargs: Any) -> None:
    """What somebody at an erased person's address has not confirmed yet goes too."""
    addresses = contacts.exclude(email_key="").order_by()
    there = addresses.filter(register=OuterRef("page__register"), email_key=OuterRef("email_key"))
    forget(SignUp.unscoped.filter(Exists(there), confirmed_at=None))


@receiver(pre_delete, sender=SignUpPage, dispatch_uid="sites.sign_ups_go_with_their_page")
def forget_those_who_wait(instance: SignUpPage, **_kwargs: Any) -> None:
    """With the mails that asked them to confirm."""
    forget(SignUp.unscoped.filter(page=instance))


@receiver(about_to_go, dispatch_uid="sites.sign_ups_need_their_group")
def name_who_joins(rows: Any, **_kwargs: Any) -> str:
    """Sign-up pages whose people would join nothing any more."""
    groups = [row.pk for row in rows if isinstance(row, Group)]
    names = in_quotes(SignUpPage.objects.filter(group__in=groups).order_by("title").values_list("title", flat=True))
    return _("People who sign up on these pages join no group then: %(names)s.") % {"names": names} if names else ""


@receiver(contacts_erased, dispatch_uid="sites.erased_news")
def forget_news_of_replies(contacts: Any, **_kwargs: Any) -> None:
    """The team was told who replied, in letters of which the person is no recipient."""
    replies = Registration.unscoped.filter(contact__in=contacts.order_by().values("pk"))
    forget_letters(letters_about(replies, kind=NEWS_TO_TEAM, apart="-"))
