"""Alembic environment: the connection is handed in by ``db.hall.migrate``."""

from __future__ import annotations

from alembic import context

import db.hall.case_models
import db.hall.export_models
import db.hall.instance_models
import db.hall.office_models
import db.hall.queue_models
import db.hall.upload_models
import db.hall.upward_models  # noqa: F401  their tables belong to the same metadata
from db.hall.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
