"""Loading all of Kokoon once, quickly, and sharing it with the processes that are forked from this one."""

import gc


def begin() -> None:
    """To be called before Django is loaded. Nothing that is imported is ever thrown away, and to look through it for
    what could be takes a fifth of the start."""
    gc.disable()


def done() -> None:
    """To be called when all is loaded: from now on only what comes after is looked through, and that less often than
    Python would: a page makes a few thousand objects, and every fiftieth one waited 50 ms for a look at all of them."""
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


def share() -> None:
    """To be called before the first fork: load what each child would otherwise load for itself, and leave it where
    they all read it. A collection in a child would copy all of it."""
    # Here, for gunicorn's configuration is read before Django is loaded.
    from django.urls import reverse  # noqa: PLC0415

    from mailer.rendering.letters import render_letter  # noqa: PLC0415
    from organisations.models import Organisation  # noqa: PLC0415

    reverse("health")  # reads all addresses
    # A letter to nobody reads the style sheet of all, which takes as long as ten replies.
    nobodys = Organisation(name="Kokoon")
    render_letter(
        organisation=nobodys, subject="", body_html="<p>…</p>", values={}, button=("…", "/"), facts=[("…", "")]
    )
    gc.collect()
    gc.freeze()
