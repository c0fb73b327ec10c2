"""Single letters in the look of the organisation: confirmations, reminders and the like.

The editable text is compiled once and kept for the next letter of its kind; only values, button address and facts
differ from one to the next.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from django.template.loader import render_to_string

from mailer.rendering.compiled import CompiledEmail, Rendered
from mailer.rendering.look import Look, look_of
from mailer.rendering.mail import Mail, finish
from mailer.rendering.richtext import rich_html, rich_plain
from mailer.rendering.slots import Slots

if TYPE_CHECKING:
    from organisations.models import Organisation


FACT = "fact:"
BUTTON_URL = "button_url"
KEPT = 256
_compiling = Lock()  # many threads ask for a new wording at the same moment: one makes it, for all


class _Wording(NamedTuple):
    """All of a letter that is the same for everybody who gets one of its kind."""

    look: Look
    subject: str
    body_html: str
    button_label: str
    fact_labels: tuple[str, ...]


def render_letter(
    *,
    organisation: "Organisation",
    subject: str,
    body_html: str,
    values: Mapping[str, str],
    button: tuple[str, str] | None = None,
    facts: Sequence[tuple[str, str]] = (),
) -> Rendered:
    """One letter. Raises ValidationError where a merge field in its texts is not closed.

    `body_html` is an editor's rich text, sanitised here; it, `subject` and the button's label may hold merge fields
    (``{{ first_name|there }}``) that `values` fill. `button` is (label, address). `facts` are
    (label, plain text), shown as a small table: what, when, where.
    """
    button_label, button_url = button or ("", "")
    wording = _Wording(
        look=look_of(organisation),
        subject=subject,
        body_html=body_html,
        button_label=button_label,
        fact_labels=tuple(str(label) for label, _ in facts),
    )
    with _compiling:
        compiled = _compile(wording)
    filled = dict(values)
    filled.update((f"{FACT}{number}", str(words)) for number, (_, words) in enumerate(facts))
    return compiled.personalise(filled, urls={BUTTON_URL: button_url})


@lru_cache(maxsize=KEPT)
def _compile(wording: _Wording) -> CompiledEmail:
    slots = Slots()
    mail = Mail(look=wording.look, slots=slots)
    context = {
        "mail": mail,
        "body": rich_html(wording.body_html, slots),
        "facts": [(label, slots.slot("html", f"{FACT}{number}")) for number, label in enumerate(wording.fact_labels)],
        "label": mail.html(wording.button_label),
        "href": slots.address(BUTTON_URL) if wording.button_label else "",
    }
    return finish(
        mail,
        subject=wording.subject,
        preheader="",
        body_html=render_to_string("mailer/letters/body.html", context),
        body_text=_text(wording, mail),
        bulk=False,
    )


def _text(wording: _Wording, mail: Mail) -> str:
    pieces = [rich_plain(wording.body_html, mail.slots)]
    if wording.fact_labels:
        pieces.append(
            "\n".join(
                f"{label}: {mail.slots.slot('text', f'{FACT}{number}')}"
                for number, label in enumerate(wording.fact_labels)
            )
        )
    if wording.button_label:
        pieces.append(f"{mail.text(wording.button_label)}:\n{mail.slots.address(BUTTON_URL)}")
    return "\n\n".join(pieces)
