"""Django as the product's own processes load it: Python then looks through far fewer objects for garbage."""

import django

from cms.processes import starting


def load() -> None:
    starting.begin()
    django.setup()
    starting.done()
