"""The name of a company typed in a real browser, where there are more of them than the page offers."""

import pytest
from django.urls import reverse

from registers.books import create_register
from registers.models import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_company_is_offered_as_one_types(editor, organisation, page, live_server, settings, monkeypatch):
    settings.BASE_URL = live_server.url
    settings.SECURE_CROSS_ORIGIN_OPENER_POLICY = None
    monkeypatch.setattr("registers.forms.companies.SUGGESTED", 1)
    register = create_register(name="R", fields=[{"label": "Employer", "type": "company"}])
    for name in ("Äijän Mylly Oy", "Saha Oy"):
        Company.objects.create(name=name)
    cookie = {"name": "sessionid", "value": editor.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto(live_server.url + reverse("registers:add_contact", args=[register.pk]))
    field = page.locator('[name="attributes.employer"]')
    with page.expect_response(lambda answer: "/companies/like/" in answer.url):
        field.press_sequentially("aija")
    offered = page.wait_for_function(
        "input => { const all = [...input.list.options]; return all.length === 1 && [all[0].value, all[0].label] }",
        arg=field.element_handle(),
    )
    assert offered.json_value() == ["Äijän Mylly Oy", "aija"]
