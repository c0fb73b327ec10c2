"""Forms of the admin as a browser would send them."""

from urllib.parse import urljoin

import lxml.html


def opened(client, address):
    """What stands in the form of a screen, by name."""
    (form,) = lxml.html.fromstring(client.get(address).text).xpath('//form[@id="w-editor-form"]')
    return {field.name: value_of(field) for field in form.inputs if field.name and field.value is not None}


def forms_on(page, address):
    """Of each form that is posted: where to, and what stands in it by name, as if all of its buttons were pressed."""
    for form in lxml.html.fromstring(page).forms:
        if form.method == "POST":
            fields = {field.name: value_of(field) for field in form.inputs if field.name and field.value is not None}
            buttons = {button.get("name"): button.get("value", "") for button in form.xpath(".//button[@name]")}
            no_blocks = {f"{blocks.get('id')}-count": "0" for blocks in form.xpath(".//*[@data-block]")}  # a script's
            yield urljoin(address, form.action or ""), fields | buttons | no_blocks


def value_of(field):
    several = isinstance(field, lxml.html.CheckboxGroup) or getattr(field, "multiple", False)
    if several:
        return list(field.value)
    return field.value.removeprefix("\n") if getattr(field, "tag", "") == "textarea" else field.value
