from django.db import models

from badgecert.core.models import Row


class Rendition(Row):
    """A picture that was drawn when somebody first asked for it, kept by the digest of all that is on it.

    It is nobody's proof: each can be drawn again, and whether it may be shown is asked each time.
    """

    key = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    # The issuance or the account whose holder it names; it goes with them. Empty when it names nobody.
    about = models.UUIDField(null=True, db_index=True)

    def __str__(self) -> str:
        return self.key[:12]
