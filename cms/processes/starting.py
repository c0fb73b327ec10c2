"""Loading all of Kokoon once, quickly, and sharing it with the processes that are forked from this one."""

import gc


def begin() -> None:
    """To be called before Django is loaded. Nothing that is imported is ever thrown away, and to look through it for
    what could be takes a fifth of the start."""
    gc.disable()


def done() -> None:
    """To be called when all is loaded: from now on only what comes after is looked through."""
    gc.freeze()
    gc.enable()


def share() -> None:
    """To be called before the first fork: load what each child would otherwise load for itself, and leave it where
    they all read it. A collection in a child would copy all of it."""
    from django.urls import reverse  # noqa: PLC0415 - gunicorn's configuration is read before Django is loaded

    reverse("health")  # reads all addresses
    gc.collect()
    gc.freeze()
