"""What stands around a merge field that has neither value nor fall-back: “Dear ,” becomes “Dear,”."""

MARKS = (",", ".", "!", "?", ";", ":")


def close_gap(before: str, after: str, *, begins: bool = False) -> tuple[str, str]:
    """The texts before and after an empty field, without the space or comma that belonged to it.

    Either may be HTML; only what touches the field is looked at. `begins` says that nothing stands before `before`.
    """
    text = before.rstrip(" ")
    if (begins and not text) or text.endswith((">", "\n")):
        rest = after.lstrip(" ,;:")
        # The field began the sentence: “{{ first_name }}, will you come?”
        return before, rest[:1].upper() + rest[1:] if len(rest) < len(after) else after
    if after.startswith(MARKS):
        return text.removesuffix(","), after
    if not after or after.startswith((" ", "<", "\n")):
        return text, after
    return before, after
