import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import services
from accounts.models import Role
from workplan.lib.refusals import Refused

ROLES = {"system": Role.SYSTEM_ADMIN, "security": Role.SECURITY_ADMIN, "audit": Role.AUDITOR}


class Command(BaseCommand):
    help = (
        "Make the first system, security or audit administrator. Prints a one-time password, to be changed at the "
        "first sign-in. Refuses where the role is held: further administrators are made in the portal."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--role", required=True, choices=ROLES, help="the three are never one person")
        parser.add_argument("--username", required=True)
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input instead"
        )

    def handle(self, *, role: str, username: str, password_stdin: bool, **options: object) -> None:
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
        try:
            if password is not None:
                validate_password(password)
            account = services.create_first_administrator(ROLES[role], username, password=password)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"{ROLES[role]}: {username}")
        if password is None:
            self.stdout.write(f"one-time password: {account.password}")
