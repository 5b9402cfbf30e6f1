"""Where a heading is linked to."""


def anchor(heading: str) -> str:
    """The anchor that the site and GitHub give a heading: Chinese characters stay, other signs fall out."""
    return "".join(c for c in heading.lower().replace(" ", "-") if c.isalnum() or c in "-_")
