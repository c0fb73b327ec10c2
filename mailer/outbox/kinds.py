"""The kinds of automatic e-mails in words; the packages that send them say which there are."""

from typing import Any

from django.utils.functional import Promise

_labels: dict[str, str | Promise] = {}


def register_letter_kind(kind: str, label: str | Promise) -> None:
    """Say what a kind of `queue_email` is called; packages above do this in AppConfig.ready()."""
    _labels[kind] = label


def label_of(kind: str) -> str:
    """What it is called; a kind that nobody named is shown as it is written."""
    label: Any = _labels.get(kind, kind)
    return str(label)
