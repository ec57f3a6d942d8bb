class BadgeArtError(ValueError):
    """The picture cannot be drawn; the message says what to change."""
