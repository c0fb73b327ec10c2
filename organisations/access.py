"""Organisations, their teams, and the Wagtail groups that give a role its pages and pictures."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from organisations.models import Membership, Organisation, Role, Theme, User
from organisations.roles import INCLUDES
from organisations.signals import organisation_created

PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page")
COLLECTION_PERMISSIONS = (
    "add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document",
)  # fmt: skip


@transaction.atomic
def create_organisation(*, name: str, slug: str, **fields: Any) -> Organisation:
    """A new organisation with its look, its image collection, its groups and (by signal) its home page."""
    organisation: Organisation = Organisation.objects.create(name=name, slug=slug, **fields)
    Theme.objects.create(organisation=organisation)
    organisation.collection = Collection.get_first_root_node().add_child(name=name)
    organisation.save(update_fields=["collection"])
    organisation_created.send(sender=Organisation, organisation=organisation)
    organisation.refresh_from_db()
    sync_groups(organisation=organisation)
    return organisation


def group_for(organisation: Organisation, role: str) -> Group:
    return Group.objects.get_or_create(name=f"organisation {organisation.pk} {role}")[0]


def sync_groups(*, organisation: Organisation) -> None:
    """Give the groups of the organisation exactly what its roles may do with pages and pictures."""
    access_admin = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    for role in Role:
        group = group_for(organisation, role)
        group.permissions.set([access_admin])
        pages = PAGE_PERMISSIONS if Role.EDITOR in INCLUDES[role] else ()
        looks = ("choose_image", "choose_document") if Role.VIEWER in INCLUDES[role] else ()
        collections: tuple[str, ...] = COLLECTION_PERMISSIONS if Role.EDITOR in INCLUDES[role] else looks
        GroupPagePermission.objects.filter(group=group).delete()
        GroupCollectionPermission.objects.filter(group=group).delete()
        if organisation.home_page_id:
            GroupPagePermission.objects.bulk_create(
                GroupPagePermission(group=group, page_id=organisation.home_page_id, permission=permission)
                for permission in Permission.objects.filter(
                    content_type__app_label="wagtailcore", content_type__model="page", codename__in=pages
                )
            )
        if organisation.collection_id:
            GroupCollectionPermission.objects.bulk_create(
                GroupCollectionPermission(group=group, collection_id=organisation.collection_id, permission=permission)
                for permission in Permission.objects.filter(
                    content_type__app_label="organisations", codename__in=collections
                )
            )


class LastOwner(Exception):
    """Nobody would own the organisation any more."""


@transaction.atomic
def set_member(*, organisation: Organisation, user: User, role: str, limited: bool | None = None) -> Membership:
    """Give the user exactly this role in the organisation. Raises LastOwner.

    With `limited` they see a part only: what `organisations.reach.places` is told, and nothing until then. Where
    nothing is said of it, who sees a part only still does in another role. An owner always sees everything.
    """
    if role != Role.OWNER:
        _keep_an_owner(organisation, user)
    own = Membership.objects.filter(organisation=organisation, user=user)
    # Should there be several, the widest decides, as it did before.
    membership = own.order_by("limited", "pk").first() or Membership(organisation=organisation, user=user)
    own.exclude(pk=membership.pk).delete()
    membership.role = role
    membership.limited = (membership.limited if limited is None else limited) and role != Role.OWNER
    membership.save()
    # Pages and pictures are of the organisation as a whole: who sees a part only may sign in, and no more.
    rights = Role.REVIEWER if membership.limited else Role(role)
    if not Group.objects.filter(name=f"organisation {organisation.pk} {rights}").exists():
        sync_groups(organisation=organisation)  # a role that came after the organisation
    user.groups.remove(*[group_for(organisation, other) for other in Role if other != rights])
    user.groups.add(group_for(organisation, rights))
    return membership


@transaction.atomic
def remove_member(*, organisation: Organisation, user: User) -> None:
    """End the user's membership. Raises LastOwner."""
    _keep_an_owner(organisation, user)
    Membership.objects.filter(organisation=organisation, user=user).delete()
    user.groups.remove(*[group_for(organisation, role) for role in Role])


def _keep_an_owner(organisation: Organisation, leaving: User) -> None:
    """The row is locked, so that two owners cannot remove each other at the same moment."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    owners = set(Membership.objects.filter(organisation=organisation, role=Role.OWNER).values_list("user", flat=True))
    if owners == {leaving.pk}:
        raise LastOwner
