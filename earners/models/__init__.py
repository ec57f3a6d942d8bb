from earners.models.profile import Profile

__all__ = ["Profile"]
