"""The demonstration: three organisations, their badges, and about forty people in every state an issuance can have.

Names and organisations are invented; their shape follows the customers' FAQs (seeds S0, S2, S3). Everything is made
by the same actions as in the product, with the clock set back, so that the past is as it would have been.
"""

from badgecert.demo.loading import load
from badgecert.demo.plans import EARNERS, NOT_FOUND_CODE, ORGANISATIONS, PASSWORD

__all__ = ["EARNERS", "NOT_FOUND_CODE", "ORGANISATIONS", "PASSWORD", "load"]
