"""What a job's file holds: read as its kind says, under the limits of jobs."""

from __future__ import annotations

from rest_framework.exceptions import ValidationError

from submissions.bulk import sources
from submissions.bulk.limits import as_job
from submissions.bulk.rows import Source
from submissions.bulk.subjects import FIGURES, MILESTONES, Subject
from submissions.import_serializers import ImportReader, MilestonesImportReader
from submissions.models import ImportJob, JobKind, JobSubject
from submissions.workbook.uploads import read_source
from workplan.lib import strict_json
from workplan.lib.problems import RequestRefused, faults_in


def source_of(job: ImportJob) -> Source:
    """Return the rows of the job's file.

    :raises SheetRefused: the file cannot be read as it stands, or holds more than a job may.
    :raises RequestRefused: the JSON is of another shape.
    """
    content = bytes(job.content)
    subject = MILESTONES if job.subject == JobSubject.MILESTONES else FIGURES
    if job.kind == JobKind.CSV:
        return sources.from_csv(content, as_job(), subject=subject)
    if job.kind == JobKind.XLSX:
        return sources.from_workbook(content, as_job(), subject=subject)
    if job.kind == JobKind.FILE:
        return read_source(content, as_job())[0]
    return sources.from_json(_rows(content, subject), as_job(), subject=subject)


def _rows(content: bytes, subject: Subject) -> list[object]:
    reader_of = MilestonesImportReader if subject.is_milestones else ImportReader
    reader = reader_of(data=strict_json.read_object(content))
    try:
        reader.is_valid(raise_exception=True)
    except ValidationError as error:
        raise RequestRefused(faults_in(error.detail)) from error
    rows: list[object] = reader.validated_data[subject.rows]
    return rows
