from earners.admin.people import EarnerAdmin
from earners.admin.questions import QuestionAdmin
from earners.admin.requests import EarnerRequestAdmin

__all__ = ["EarnerAdmin", "EarnerRequestAdmin", "QuestionAdmin"]
