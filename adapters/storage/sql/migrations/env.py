"""How Alembic runs here: always inside the transaction that `adapters.storage.sql.migrate` hands over.

A new revision is written by hand into `versions` and named in `migrate.REVISIONS`; the tests tell what it still lacks.
"""

from alembic import context

from adapters.storage.sql.rows import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    transactional_ddl=True,
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()
