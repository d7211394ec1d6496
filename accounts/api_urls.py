"""Addresses of tokens, under /api/v1/."""

from django.urls import path

from accounts import api

urlpatterns = [
    path("tokens/", api.TokensView.as_view(), name="tokens"),
    path("tokens/current/", api.CurrentTokenView.as_view(), name="token-current"),
]
