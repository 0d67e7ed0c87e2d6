"""The archive of handed-over papers: an OCFL 1.1 storage root. In: versions of objects; out: verified bytes."""

from pipeline.stores.objects.inventory import Inventory, VersionNote
from pipeline.stores.objects.store import Objects, Progress
from pipeline.stores.objects.versions import NewVersion, Put

__all__ = ["Inventory", "NewVersion", "Objects", "Progress", "Put", "VersionNote"]
