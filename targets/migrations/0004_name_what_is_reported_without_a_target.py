"""What is reported for an item although nobody set a target on it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0003_name_owners_and_exemptions"),
    ]

    operations = [
        migrations.AddField(
            model_name="item",
            name="indicators",
            field=models.ManyToManyField(
                blank=True, related_name="items", to="targets.indicator", verbose_name="无目标的指标"
            ),
        ),
    ]
