"""Events of the audit trail on pages of the desk, as the trail itself tells them."""

from collections.abc import Iterable

from django import template

from badgecert.core.models import AuditEvent
from badges.audit_trail import Line, lines_of

register = template.Library()


@register.simple_tag
def trail_lines(events: Iterable[AuditEvent]) -> list[Line]:
    """Who did it among them; of an earner only that it was them."""
    return lines_of(list(events))
