from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from organisations.models.organisation import Organisation


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, with an account of their own; the e-mail address is the login."""

    email = models.EmailField(_("e-mail address"), unique=True)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message=_("Somebody already signs in with this e-mail address."),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email

    @property
    def is_staff(self) -> bool:
        return self.is_superuser


class Role(models.TextChoices):
    """What a member may do; each includes those below it."""

    OWNER = "owner", _("Owner: everything, also the team")
    EDITOR = "editor", _("Editor: registers, pages and campaigns")
    SENDER = "sender", _("Sender: looks at all, sends what is ready")
    VIEWER = "viewer", _("Viewer: looks at all, changes nothing")
    REVIEWER = "reviewer", _("Reviewer: signs in, and sees only what is handed to them; no register, no campaign")

    @property
    def word(self) -> Any:
        """Its name alone, where there is no room for what it may do."""
        words = {"owner": _("Owner"), "editor": _("Editor"), "sender": _("Sender"), "viewer": _("Viewer")}
        return words.get(self.value, _("Reviewer"))


class Membership(models.Model):
    """A user's role in an organisation; a person may have several."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.EDITOR)
    # Sees only what it is given, which is nothing where what it was given is gone. See `organisations.reach`.
    limited = models.BooleanField(_("sees a part only"), default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=models.Q(limited=False) | ~models.Q(role="owner"), name="membership_owner_sees_all"
            ),
            # What rows of other tables refer to, so that they stay in the same organisation.
            models.UniqueConstraint(fields=["id", "organisation"], name="membership_in_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
