"""What is said of a page before it is taken down."""

from django import template

from sites.endings import closes_below

register = template.Library()
register.simple_tag(closes_below)
