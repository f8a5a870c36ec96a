from . import export, journal, person, record, ward

__all__ = ["export", "journal", "person", "record", "ward"]
