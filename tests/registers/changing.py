"""What the tests of changes of many contacts share."""

import re


def confirm_what_is_shown(client, change):
    """Press the button of the page that shows the numbers."""
    return client.post(f"{change}confirm/", seen(client.get(change).content.decode()), follow=True)


def seen(page):
    """What that button sends."""
    return {"seen": re.search(r'name="seen" value="(\w+)"', page)[1]}
