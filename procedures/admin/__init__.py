from . import journal, person, record, ward

__all__ = ["journal", "person", "record", "ward"]
