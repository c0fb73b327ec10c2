"""A campaign in sentences."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import wallclock
from campaigns.headcount import Headcount
from mailer.answers.reports import Figures
from mailer.editing.defaults import default_words
from mailer.models import EmailCampaign
from mailer.rendering import CompiledEmail
from organisations.figures import number
from organisations.models import Organisation

State = EmailCampaign.State

_WHY: dict[str, Callable[[int], str]] = {
    "no_address": lambda n: ngettext("%(n)s has no e-mail address", "%(n)s have no e-mail address", n),
    "unsubscribed": lambda n: ngettext("%(n)s has unsubscribed", "%(n)s have unsubscribed", n),
    "stop": lambda n: ngettext("%(n)s has asked us to stop", "%(n)s have asked us to stop", n),
    "withdrawn": lambda n: ngettext("%(n)s has withdrawn consent", "%(n)s have withdrawn consent", n),
    "manual": lambda n: ngettext("%(n)s was stopped by one of you", "%(n)s were stopped by one of you", n),
    "imported": lambda n: ngettext(
        "%(n)s has said no, by an imported list", "%(n)s have said no, by an imported list", n
    ),
    "elsewhere": lambda n: ngettext("%(n)s has said no at another address", "%(n)s have said no at another address", n),
    "hard_bounce": lambda n: ngettext("%(n)s address bounced", "%(n)s addresses bounced", n),
    "deceased": lambda n: ngettext("%(n)s has died", "%(n)s have died", n),
    "complaint": lambda n: ngettext("%(n)s complained about spam", "%(n)s complained about spam", n),
    "away": lambda n: ngettext("%(n)s is on leave", "%(n)s are on leave", n),
    "no_consent": lambda n: ngettext("%(n)s has not given consent", "%(n)s have not given consent", n),
    "erased": lambda n: ngettext("%(n)s was erased from the register", "%(n)s were erased from the register", n),
}


def people(value: int) -> str:
    """“1 person”, “12,345 people”."""
    return ngettext("%(n)s person", "%(n)s people", value) % {"n": number(value)}


def who_gets_it(count: Headcount, campaign: EmailCampaign, organisation: Organisation) -> str:
    """“412 people will get this on Tuesday 24 November 2026 at 11:07.”"""
    if campaign.scheduled_at is None or campaign.state in (State.LATE, State.BLOCKED):
        return ngettext(
            "%(n)s person will get this as soon as you confirm.",
            "%(n)s people will get this as soon as you confirm.",
            count.sendable,
        ) % {"n": number(count.sendable)}
    if campaign.state == State.DRAFT:  # it has a time, and waits for somebody to say that it may leave then
        text = ngettext(
            "%(n)s person will get this on %(when)s, once you confirm.",
            "%(n)s people will get this on %(when)s, once you confirm.",
            count.sendable,
        )
    else:
        text = ngettext(
            "%(n)s person will get this on %(when)s.", "%(n)s people will get this on %(when)s.", count.sendable
        )
    return text % {"n": number(count.sendable), "when": wallclock.spoken(campaign.scheduled_at, organisation.zone)}


def who_would_get_it(count: Headcount) -> str:
    """As `who_gets_it`, where something keeps the campaign from being sent; '' where nobody would."""
    text = ngettext("%(n)s person would get it.", "%(n)s people would get it.", count.sendable)
    return text % {"n": number(count.sendable)} if count.sendable else ""


def who_does_not(count: Headcount) -> str:
    """“9 will not: 6 have unsubscribed, 3 addresses bounced.” or ''."""
    reasons = dict(count.suppressed)
    if count.no_address:
        reasons["no_address"] = count.no_address
    if not reasons:
        return ""
    total = sum(reasons.values())
    return _("%(n)s will not: %(why)s.") % {"n": number(total), "why": why(reasons)}


def why(reasons: dict[str, int]) -> str:
    """“6 have unsubscribed, 3 addresses bounced”."""
    ordered = sorted(reasons.items(), key=lambda item: -item[1])
    return ", ".join(_WHY[kind](value) % {"n": number(value)} for kind, value in ordered if kind in _WHY)


def unfinished(letter: CompiledEmail | None) -> list[str]:
    """That words are left in the letter with which every new one begins."""
    text = "".join(part for part in letter.text if isinstance(part, str)) if letter else ""
    lines = {line.strip().casefold() for line in text.splitlines()}
    left = [_("“%(words)s”") % {"words": words} for words in default_words() if words.casefold() in lines]
    return [_("The e-mail still says %(words)s, as every new one does.") % {"words": ", ".join(left)}] if left else []


def further_remarks(count: Headcount, campaign: EmailCampaign, organisation: Organisation) -> list[str]:
    """What else one should know before confirming."""
    remarks = []
    if count.excluded:
        remarks.append(
            ngettext(
                "%(n)s address is left out, as you chose.",
                "%(n)s addresses are left out, as you chose.",
                count.excluded,
            )
            % {"n": number(count.excluded)}
        )
    if count.same_address:
        remarks.append(
            ngettext(
                "%(n)s person shares an address with somebody else: each address gets one e-mail.",
                "%(n)s people share an address with somebody else: each address gets one e-mail.",
                count.same_address,
            )
            % {"n": number(count.same_address)}
        )
    if campaign.scheduled_at:
        wall = wallclock.to_wall(campaign.scheduled_at, organisation.zone)
        if wallclock.comes_twice(wall, organisation.zone):
            remarks.append(
                _("The clocks are put back that night and show %(time)s twice: it leaves the first time.")
                % {"time": date_format(wall, "H:i")}
            )
    return remarks


def progress(figures: Figures, campaign: EmailCampaign, organisation: Organisation) -> str:
    """Where a started campaign stands, in a sentence."""
    done, total = number(figures.done), number(figures.total)
    if campaign.state == State.SENDING and campaign.held_until and campaign.held_until > timezone.now():
        until = campaign.held_until.astimezone(organisation.zone)
        return _("%(done)s of %(total)s are done. The next try is at %(time)s.") % {
            "done": done,
            "total": total,
            "time": date_format(until, "H:i:s"),
        }
    if campaign.state == State.SENDING:
        return _("Sending: %(done)s of %(total)s are done.") % {"done": done, "total": total}
    if campaign.state == State.PAUSED:
        return _("Paused: %(done)s of %(total)s are done.") % {"done": done, "total": total}
    if campaign.state == State.CANCELLED:
        return _("Cancelled: it had reached %(n)s.") % {"n": people(figures.arrived)}
    if not figures.total:
        return _("Nobody was in its audience when it started, so nothing was sent.")
    if figures.suppressed == figures.total:
        return ngettext(
            "Nobody got it: the one person in its audience was left out.",
            "Nobody got it: all %(n)s people in its audience were left out.",
            figures.total,
        ) % {"n": total}
    return _("Sent to %(n)s.") % {"n": people(figures.arrived)}


def why_no_resend(campaign: EmailCampaign) -> str:
    """Why what is not known cannot be sent again at the moment, or ''."""
    if campaign.state == State.PAUSED:
        return _("The campaign is paused. Resume it first: then you can send again what is not known.")
    if campaign.state == State.CANCELLED:
        return _("The campaign was cancelled: it sends nothing any more.")
    return ""


def outcome(figures: Figures) -> str:
    """What came back, in a sentence."""
    if not figures.arrived:
        return _("Nothing has come back yet.")
    return _("Of %(n)s, %(opened)s opened it, %(clicked)s clicked a link and %(unsubscribed)s unsubscribed.") % {
        "n": people(figures.arrived),
        "opened": number(figures.opened),
        "clicked": number(figures.clicked),
        "unsubscribed": number(figures.unsubscribed),
    }
