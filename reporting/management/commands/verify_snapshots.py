from django.core.management.base import BaseCommand, CommandError

from reporting import publishing
from reporting.models import Snapshot


class Command(BaseCommand):
    help = "Check that what is stored of every published month is what was published. Changes nothing."

    def handle(self, **options: object) -> None:
        snapshots = list(Snapshot.objects.order_by("period"))
        broken = [str(one) for one in snapshots if not publishing.is_whole(one)]
        if broken:
            raise CommandError(f"{', '.join(broken)} is not what was published.")
        self.stdout.write(f"{len(snapshots)} published months are whole")
