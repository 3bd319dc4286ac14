"""Real input: a mapping file (YAML) turns a foreign CSV log into facts. Nothing here knows any particular log.

mapping (the file, read strictly) + source (the CSV) -> facts (the engine) -> client (intake's POST /import) -> account.
The language is described in docs/importing.md; the shipped mappings are deploy/imports/*.yaml.
"""

from deploy.importer.account import Account
from deploy.importer.cells import BadSource
from deploy.importer.client import ImportStopped
from deploy.importer.mapping import read_mapping
from deploy.importer.part import BadMapping
from deploy.importer.run import rehearse, run_import

__all__ = ["Account", "BadMapping", "BadSource", "ImportStopped", "read_mapping", "rehearse", "run_import"]
