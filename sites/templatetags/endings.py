"""What is said of a page before it is taken down."""

from django import template

from sites.endings import closes_below, dead_links

register = template.Library()
register.simple_tag(closes_below)
register.simple_tag(dead_links)
