"""Forms of the admin as a browser would send them."""

import lxml.html


def opened(client, address):
    """What stands in the form of a screen, by name."""
    (form,) = lxml.html.fromstring(client.get(address).text).xpath('//form[@id="w-editor-form"]')
    return {field.name: value_of(field) for field in form.inputs if field.name and field.value is not None}


def value_of(field):
    several = isinstance(field, lxml.html.CheckboxGroup) or getattr(field, "multiple", False)
    if several:
        return list(field.value)
    return field.value.removeprefix("\n") if getattr(field, "tag", "") == "textarea" else field.value
