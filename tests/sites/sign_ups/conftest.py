"""A sign-up page of a register, with a group, questions and a consent."""

import pytest

from registers.books import add_field
from registers.models import Group, Purpose
from sites.models import HomePage, SignUpPage


@pytest.fixture
def group(register):
    return Group.objects.create(register=register, name="Newsletter")


@pytest.fixture
def page(choir, register, group):
    add_field(register=register, label="Interests", type="multiple_choice", options=["Music", "Food"])
    purpose = Purpose.objects.create(name="Newsletter")
    questions = [
        {"id": "q1", "type": "text", "value": {"label": "What do you eat?", "column": "attributes.diet"}},
        {
            "id": "q2",
            "type": "checkboxes",
            "value": {"label": "What do you like?", "column": "attributes.interests", "options": "Music\nFood"},
        },
        {"id": "q3", "type": "consent", "value": {"label": "Write to me.", "purpose": str(purpose.pk)}},
    ]
    home = HomePage.objects.get(pk=choir.home_page_id)
    page = home.add_child(
        instance=SignUpPage(title="Newsletter", slug="newsletter", register=register, group=group, questions=questions)
    )
    page.save_revision().publish()
    return SignUpPage.objects.get(pk=page.pk)
