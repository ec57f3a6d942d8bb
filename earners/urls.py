from django.urls import path

from earners.views import claim_link, portfolio, profile, share

app_name = "earners"
urlpatterns = [
    path("claim/<str:token>", claim_link.claim_link, name="claim_link"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("portfolio/<uuid:issuance_id>/", portfolio.issuance, name="issuance"),
    path("portfolio/<uuid:issuance_id>/claim/", portfolio.claim_issuance, name="claim_issuance"),
    path("portfolio/<uuid:issuance_id>/decline/", portfolio.decline_issuance, name="decline_issuance"),
    path("portfolio/<uuid:issuance_id>/take-back/", portfolio.take_back_issuance, name="take_back_issuance"),
    path("portfolio/<uuid:issuance_id>/visibility/", portfolio.set_visibility, name="set_visibility"),
    path("portfolio/<uuid:issuance_id>/share/", share.share_issuance, name="share_issuance"),
    path("welcome/", profile.welcome, name="welcome"),
    path("profile/", profile.profile, name="profile"),
]
