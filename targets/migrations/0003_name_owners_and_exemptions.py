"""Who answers for an item at the ministry, and which unit need not do a milestone."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_name_the_audit_columns"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("targets", "0002_figures_in_parts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ItemOwner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("department", models.CharField(blank=True, max_length=60, verbose_name="责任处室")),
                ("starts_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="起始日")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="终止日")),
                (
                    "assigned_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="指定人",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owners",
                        to="targets.item",
                        verbose_name="工作要点",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_items",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="责任人",
                    ),
                ),
            ],
            options={
                "verbose_name": "要点责任人",
                "verbose_name_plural": "要点责任人",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("user__isnull", False), models.Q(("department", ""), _negated=True), _connector="OR"
                        ),
                        name="targets_owner_is_somebody",
                        violation_error_message="请填写责任人或责任处室。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="targets_owner_ends_after_it_starts",
                        violation_error_message="终止日不能早于起始日。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ends_on__isnull", True)),
                        fields=("item", "user"),
                        name="targets_owner_one_open_per_item_and_person",
                        violation_error_message="此人已是这一项的责任人。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemOwnerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("department", models.CharField(blank=True, max_length=60, verbose_name="责任处室")),
                ("starts_on", models.DateField(default=django.utils.timezone.localdate, verbose_name="起始日")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="终止日")),
                (
                    "assigned_by",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="指定人",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="targets.item",
                        verbose_name="工作要点",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="targets.itemowner",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="责任人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MilestoneExemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                (
                    "granted_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="批准时间"),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="批准人",
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exemptions",
                        to="targets.milestone",
                        verbose_name="工作节点",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.reportingunit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "节点豁免",
                "verbose_name_plural": "节点豁免",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("milestone", "unit"),
                        name="targets_exemption_one_per_milestone_and_unit",
                        violation_error_message="这个单位已不需完成该节点。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="targets_exemption_says_why"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MilestoneExemptionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                (
                    "granted_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="批准时间"),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="批准人",
                    ),
                ),
                (
                    "milestone",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="targets.milestone",
                        verbose_name="工作节点",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="targets.milestoneexemption",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.reportingunit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemowner",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "targets_itemownerevent" ("assigned_by_id", "department", "ends_on", "id", "item_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "user_id") VALUES (NEW."assigned_by_id", NEW."department", NEW."ends_on", NEW."id", NEW."item_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on", NEW."user_id"); RETURN NULL;',
                    hash="77fde66dccbb256820684977e0c879568e12b576",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_57545",
                    table="targets_itemowner",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="itemowner",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "targets_itemownerevent" ("assigned_by_id", "department", "ends_on", "id", "item_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "user_id") VALUES (NEW."assigned_by_id", NEW."department", NEW."ends_on", NEW."id", NEW."item_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on", NEW."user_id"); RETURN NULL;',
                    hash="d8fb7d9a03485f0b645b6459a6480fd85cece8d4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9d7c0",
                    table="targets_itemowner",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="milestoneexemption",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "targets_milestoneexemptionevent" ("granted_at", "granted_by_id", "id", "milestone_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "unit_id") VALUES (NEW."granted_at", NEW."granted_by_id", NEW."id", NEW."milestone_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."unit_id"); RETURN NULL;',
                    hash="ab961f4c13b7f081518e4e632d0b29923a9d31b7",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_078b9",
                    table="targets_milestoneexemption",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="milestoneexemption",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "targets_milestoneexemptionevent" ("granted_at", "granted_by_id", "id", "milestone_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "unit_id") VALUES (NEW."granted_at", NEW."granted_by_id", NEW."id", NEW."milestone_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."unit_id"); RETURN NULL;',
                    hash="91d8cdc16a597f47a5c31842d9b44ae3b786f736",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a502e",
                    table="targets_milestoneexemption",
                    when="AFTER",
                ),
            ),
        ),
    ]
