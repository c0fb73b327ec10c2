from django.urls import reverse


def url(name, *args):
    """The address of a screen of registers; `args` are rows or ids."""
    return reverse(f"registers:{name}", args=[getattr(arg, "pk", arg) for arg in args])
