"""Run by test_tools.py where no browser is to be found."""

import pytest


@pytest.mark.browser
def test_something_on_a_screen(page):
    page.goto("about:blank")
