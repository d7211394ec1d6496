"""The one gate for what people and programs send: raw cells in, exact figures or every complaint out.

The form, REST, Excel and commands hand over rows of raw cells; none of them parses a number or knows a range itself.
``cells`` is what a cell may be refused for; ``figures``, ``milestones``, ``comments`` and ``words`` read what their
names say.
"""

from submissions.intake.cells import Complaint, InputRefused, Row, clean_text, unknown_field
from submissions.intake.comments import COMMENT_FIELDS, CommentInput, CommentReader, read_replies
from submissions.intake.exceptions import ExceptionInput, read_exception
from submissions.intake.figures import (
    FIGURE_FIELDS,
    LARGEST_FIGURE,
    NUMBER_FIELDS,
    PART_PREFIX,
    FigureInput,
    FigureReader,
    retired,
)
from submissions.intake.milestones import MILESTONE_FIELDS, MilestoneInput, filed_in, read_milestones
from submissions.intake.words import SHORTEST_EXPLANATION, read_comment, read_explanations

__all__ = [
    "COMMENT_FIELDS",
    "FIGURE_FIELDS",
    "LARGEST_FIGURE",
    "MILESTONE_FIELDS",
    "NUMBER_FIELDS",
    "PART_PREFIX",
    "SHORTEST_EXPLANATION",
    "CommentInput",
    "CommentReader",
    "Complaint",
    "ExceptionInput",
    "FigureInput",
    "FigureReader",
    "InputRefused",
    "MilestoneInput",
    "Row",
    "clean_text",
    "filed_in",
    "read_comment",
    "read_exception",
    "read_explanations",
    "read_milestones",
    "read_replies",
    "retired",
    "unknown_field",
]
