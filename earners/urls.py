from django.urls import path

from earners.views import addresses, claim_link, guides, leaving, portfolio, profile, requests, share

app_name = "earners"
urlpatterns = [
    path("guides/", guides.guides, name="guides"),
    path("guides/<slug:slug>/", guides.guide, name="guide"),
    path("claim/<str:token>", claim_link.claim_link, name="claim_link"),
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    path("portfolio/<uuid:issuance_id>/", portfolio.issuance, name="issuance"),
    path("portfolio/<uuid:issuance_id>/claim/", portfolio.claim_issuance, name="claim_issuance"),
    path("portfolio/<uuid:issuance_id>/decline/", portfolio.decline_issuance, name="decline_issuance"),
    path("portfolio/<uuid:issuance_id>/take-back/", portfolio.take_back_issuance, name="take_back_issuance"),
    path("portfolio/<uuid:issuance_id>/visibility/", portfolio.set_visibility, name="set_visibility"),
    path("portfolio/<uuid:issuance_id>/address/", portfolio.name_address, name="name_address"),
    path("portfolio/<uuid:issuance_id>/share/", share.share_issuance, name="share_issuance"),
    path("portfolio/<uuid:issuance_id>/share/to/<slug:way>/", share.go_and_share, name="go_and_share"),
    path("portfolio/<uuid:issuance_id>/correct/", requests.choose_request, name="choose_request"),
    path("portfolio/<uuid:issuance_id>/correct/<str:kind>/", requests.open_request, name="open_request"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<uuid:request_id>/", requests.request, name="request"),
    path("requests/<uuid:request_id>/withdraw/", requests.withdraw, name="withdraw_request"),
    path("requests/files/<uuid:attachment_id>/", requests.attachment, name="attachment"),
    path("welcome/", profile.welcome, name="welcome"),
    path("profile/", profile.profile, name="profile"),
    path("profile/edit/<str:name>/", profile.save_profile_section, name="save_profile_section"),
    path("profile/photo/", profile.photo, name="photo"),
    path("profile/addresses/add/", addresses.add_address, name="add_address"),
    path("profile/addresses/<int:address_id>/", addresses.change_address, name="change_address"),
    path("addresses/confirm/<str:token>/", addresses.confirm_address, name="confirm_address"),
    path("addresses/agree/<str:token>/", addresses.agree_to_address, name="agree_to_address"),
    path("profile/data/", leaving.my_data, name="my_data"),
    path("profile/data/<uuid:export_id>.zip", leaving.download_my_data, name="download_my_data"),
    path("profile/delete/", leaving.delete_account, name="delete_account"),
]
