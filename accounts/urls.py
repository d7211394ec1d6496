"""/accounts/…: the sign-in library's names, which it reverses itself, and our own under `accounts:`."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as sessions
from django.urls import include, path

from accounts import views

own_patterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/tokens/", views.create_token, name="token-create"),
    path("profile/tokens/<slug:digest>/revoke/", views.revoke_token, name="token-revoke"),
]

urlpatterns = [
    path("", include((own_patterns, "accounts"))),
    # /accounts/
    path("login/", views.SignInView.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.ConfirmView.as_view(), name="account_reauthenticate"),
    path("password/change/", views.PasswordView.as_view(), name="account_change_password"),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
    # /accounts/2fa/
    path("2fa/", mfa.index, name="mfa_index"),
    path("2fa/authenticate/", views.CodeView.as_view(), name="mfa_authenticate"),
    path("2fa/reauthenticate/", views.ConfirmByCodeView.as_view(), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", views.SecondFactorView.as_view(), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
