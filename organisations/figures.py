from django.utils.formats import number_format


def number(value: int) -> str:
    """A number as people read it: with groups of three from ten thousand on."""
    return number_format(value, force_grouping=value >= 10_000)
