from itertools import islice

from django.core.management.base import BaseCommand, CommandError

from accounts import audit
from accounts.models import AuditEntry

MOST_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Hold every audit entry against its signature and the entry before it. "
        "Exit code 1 and the first bad entries where the trail was changed."
    )

    def handle(self, **options: object) -> None:
        found = list(islice(audit.faults(), MOST_SHOWN))
        if found:
            raise CommandError("\n".join(["The audit trail was changed.", *found]))
        last = AuditEntry.objects.order_by("-number").first()
        digest = f", last digest {last.chain_digest}" if last else ""
        self.stdout.write(f"{last.number if last else 0} entries, none changed{digest}")
