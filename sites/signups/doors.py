"""What visitors of a sign-up page meet. GET shows, POST acts.

A link that we did not make is 404, like any address that leads nowhere; one that is too old says so (410).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from guards.limits import over_limit
from registers.duplicates.former import present_id
from registers.models import Contact
from sites.doors import hosted
from sites.forms.mail_domains import meant
from sites.forms.person import HONEYPOT
from sites.models.signups import SignUp
from sites.signups import joining, links
from sites.signups.forms import SignUpForm

if TYPE_CHECKING:
    from sites.models.signup_pages import SignUpPage

PER_MINUTE = 30  # forms from one network, for each of them mails somebody
SHOWN = ("GET", "HEAD")
SAVED = "saved"
DOMAIN = re.compile(r"[\w.-]{1,60}")  # anybody can make a link to a notice: no room for words of their own
TYPED = "typed"  # where the mail went, when that looks like a slip of the finger


def form(request: HttpRequest, page: SignUpPage) -> HttpResponseBase:
    """The form itself, for newcomers; it shows nobody's details."""
    hosted.enter(request, page)
    if request.method == "POST":
        return receive(request, page)
    if request.method not in SHOWN:
        return HttpResponseNotAllowed([*SHOWN, "POST"])
    return _show(request, page, SignUpForm(page))


def link(request: HttpRequest, page: SignUpPage) -> HttpResponseBase:
    """Mails who is on the list a link to their own details."""
    hosted.enter(request, page)
    if request.method == "POST":
        return mail_link(request, page)
    if request.method not in SHOWN:
        return HttpResponseNotAllowed([*SHOWN, "POST"])
    return hosted.page(request, "sites/signup/link.html", {"page": page})


def notice(request: HttpRequest, page: SignUpPage, kind: str) -> HttpResponseBase:
    hosted.enter(request, page)
    if request.method not in SHOWN:
        return HttpResponseNotAllowed(SHOWN)
    return _notice(request, page, kind)


def confirm(request: HttpRequest, page: SignUpPage, token: str) -> HttpResponseBase:
    hosted.enter(request, page)
    sign_up_id = links.sign_up_id(page_id=page.pk, token=token)
    if sign_up_id is None:
        raise Http404
    if request.method not in (*SHOWN, "POST"):
        return HttpResponseNotAllowed([*SHOWN, "POST"])
    says = ""
    if request.method == "POST":
        try:
            if joining.confirm(page=page, sign_up_id=sign_up_id, seen=request.POST.get("seen", "")):
                return hosted.SeeOther(f"{page.get_url(request)}thank-you/")
        except joining.SignUpChanged:
            says = _("The form has been sent once more since, with other words. Look at them before you confirm.")
        except Contact.DoesNotExist:  # erased at this moment
            says = _("That did not work just now. Please press the button once more.")
    sign_up = SignUp.objects.filter(page=page, pk=sign_up_id).select_related("version").first()
    if sign_up is None:
        return _notice(request, page, "expired", status=410)
    if sign_up.confirmed_at:
        return hosted.SeeOther(f"{page.get_url(request)}thank-you/")
    context = {"page": page, "sign_up": sign_up, "again": joining.had_unsubscribed(sign_up), "says": says}
    return hosted.page(request, "sites/signup/confirm.html", context, personal=True)


def own(request: HttpRequest, page: SignUpPage, token: str) -> HttpResponseBase:
    """One's own details, by the link that was mailed to their owner."""
    hosted.enter(request, page)
    found = links.owner(page_id=page.pk, token=token)
    contact = _contact(found.contact_id) if found else None
    if found is None or contact is None:
        raise Http404
    if found.is_old or not found.is_at(contact.email_key):
        return _notice(request, page, "expired", status=410)
    if request.method not in (*SHOWN, "POST"):
        return HttpResponseNotAllowed([*SHOWN, "POST"])
    url = f"{page.get_url(request)}my/{token}/"
    if request.method != "POST":
        return _show_own(request, page, contact, SignUpForm(page, contact=contact), saved=SAVED in request.GET)
    if over_limit(request, group="signup-own", key=token, rate=f"{PER_MINUTE}/m"):
        return _show_own(request, page, contact, SignUpForm(page, contact=contact), says=_too_often(), status=429)
    try:
        return _change(request, page, contact, url)
    except Contact.DoesNotExist:  # erased at this moment
        raise Http404 from None


def _change(request: HttpRequest, page: SignUpPage, contact: Contact, url: str) -> HttpResponseBase:
    if "leave" in request.POST:
        joining.leave(page=page, contact=contact)
        return hosted.SeeOther(f"{page.get_url(request)}left/")
    sent = SignUpForm(page, request.POST, contact=contact)
    if request.POST.get("seen", sent.mark) != sent.mark:
        says = _("Your details have been changed since you opened this page. Here they are as they stand now.")
        return _show_own(request, page, contact, SignUpForm(page, contact=contact), says=says)
    if sent.is_valid():
        try:
            joining.change(page=page, contact=contact, form=sent)
            return hosted.SeeOther(f"{page.get_url(request)}sent/?address" if sent.new_address else f"{url}?{SAVED}")
        except ValidationError as refusal:
            sent.say_refused(refusal)
    return _show_own(request, page, contact, sent)


def preview(request: HttpRequest, page: SignUpPage, mode: str) -> HttpResponse:
    """How it looks, for its editor; nothing is read of anybody."""
    hosted.enter(request, page)
    return _notice(request, page, mode) if mode in ("sent", "thanks") else _show(request, page, SignUpForm(page))


def receive(request: HttpRequest, page: SignUpPage) -> HttpResponse:
    """The form as a newcomer has sent it, here or from another web site."""
    sent = SignUpForm(page, request.POST)
    if _too_many(request, page):
        sent.accept_as_it_is()
        return _show(request, page, sent, says=_too_often(), status=429)
    if not request.POST.get(HONEYPOT):  # filled by programs only; they may think that they were heard
        if not sent.is_valid():
            return _show(request, page, sent)
        joining.ask(page=page, form=sent)
        if meant(sent.cleaned_data["email"]):
            domain = sent.cleaned_data["email"].rpartition("@")[2]
            return hosted.SeeOther(f"{page.get_url(request)}sent/?{urlencode({TYPED: domain})}")
    return hosted.SeeOther(f"{page.get_url(request)}sent/")


def mail_link(request: HttpRequest, page: SignUpPage) -> HttpResponse:
    """The address of somebody who wants the link to their own details."""
    if _too_many(request, page):
        context = {"page": page, "says": _too_often()}
        return hosted.page(request, "sites/signup/link.html", context, status=429)
    if not request.POST.get(HONEYPOT):
        joining.send_links(page=page, email=request.POST.get("email", ""))
    return hosted.SeeOther(f"{page.get_url(request)}sent/?link")


def _too_many(request: HttpRequest, page: SignUpPage) -> bool:
    return over_limit(request, group=f"signup-{page.pk}", rate=f"{PER_MINUTE}/m")


def _too_often() -> str:
    return _("Very many forms have come from your network just now. Wait a minute, then send this one again.")


def _contact(contact_id: int) -> Contact | None:
    """A link to a contact that was merged opens the one that stayed; nobody else is called by it any more."""
    living = Contact.objects.select_related("register").filter(register__leaving=False, deceased=False)
    found: Contact | None = living.filter(pk=present_id(contact_id)).first()
    return found


def _show(
    request: HttpRequest, page: SignUpPage, form: SignUpForm, *, says: str = "", status: int = 200
) -> HttpResponse:
    context = {"page": page, "form": form, "says": says, "honeypot": HONEYPOT}
    return hosted.page(request, "sites/signup/page.html", context, status=status)


def _show_own(
    request: HttpRequest, page: SignUpPage, contact: Contact, form: SignUpForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    has_left = bool(joining.who_left(page=page, contacts=[contact.pk]))
    context = {"page": page, "form": form, "contact": contact, "has_left": has_left, **more}
    return hosted.page(request, "sites/signup/own.html", context, status=status, personal=True)


def _notice(request: HttpRequest, page: SignUpPage, kind: str, *, status: int = 200) -> HttpResponse:
    asked = next((what for what in ("link", "address") if what in request.GET), "")
    typed = request.GET.get(TYPED, "")
    probably = meant(f"x@{typed}").removeprefix("x@") if DOMAIN.fullmatch(typed) else ""
    context = {"page": page, "kind": kind, "asked": asked, "typed": typed, "meant": probably}
    return hosted.page(request, "sites/signup/notice.html", context, status=status)
