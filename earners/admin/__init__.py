from earners.admin.people import EarnerAdmin

__all__ = ["EarnerAdmin"]
